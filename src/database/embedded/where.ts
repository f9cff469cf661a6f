import { stat } from "node:fs/promises";
import { locateBinaries } from "./binaries.ts";
import { locateDataDirectory, type DataDirectory } from "./directory.ts";
import { findPostmaster } from "./postmaster.ts";

export interface EmbeddedPaths extends Pick<DataDirectory, "cluster" | "log" | "account"> {
  /** Null where no package of this machine's kind is installed. */
  readonly programs: string | null;
  readonly isCreated: boolean;
  /** The port on 127.0.0.1 while a server runs, else null. */
  readonly port: number | null;
}

/** Where everything of the embedded Postgres of `dataDir` is. Creates and starts nothing. */
export async function locateEmbeddedPostgres(dataDir: string): Promise<EmbeddedPaths> {
  const directory = await locateDataDirectory(dataDir);
  const { cluster, log, account } = directory;
  return {
    cluster,
    log,
    account,
    programs: await locateBinaries(directory).catch(() => null),
    isCreated: (await stat(cluster).catch(() => null)) !== null,
    port: (await findPostmaster(directory))?.port ?? null,
  };
}
