/**
 * What compiles Prisma's queries, one for all clients of a process: otherwise each client parses the schema and compiles the same
 * queries again, a tenth of the CPU of a short sync. vitest.config.ts puts it in the place of Prisma's own.
 */
// @ts-expect-error It has no types.
import * as runtime from "../../node_modules/@prisma/client/runtime/query_compiler_small_bg.postgresql.mjs";
// @ts-expect-error It has no types.
export * from "../../node_modules/@prisma/client/runtime/query_compiler_small_bg.postgresql.mjs";

interface Compiler {
  compile(query: string): object;
  compileBatch(queries: string): object;
  free(): void;
}

const compilers = new Map<string, Compiler>();

/** A constructor that returns what it returned before for the same schema. */
export function QueryCompiler(options: object): Compiler {
  const key = JSON.stringify(options);
  const compiler = compilers.get(key) ?? keepingPlans(new runtime.QueryCompiler(options));
  compilers.set(key, compiler);
  return compiler;
}

function keepingPlans(compiler: Compiler): Compiler {
  const plans = new Map<string, object>();
  return {
    compile(query) {
      const plan = plans.get(query) ?? compiler.compile(query);
      plans.set(query, plan);
      return plan;
    },
    compileBatch: (queries) => compiler.compileBatch(queries),
    // Another client may need it.
    free() {},
  };
}
