import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Files whose name contains an earlier text start earlier: those that take longest, wait for a full minute, or start processes. */
const LONGEST = [
  "/faults",
  "/interrupted.",
  "/crashes.",
  "/churn.",
  "/machinery.",
  "/queue/",
  "/pooler.",
  ".flow.",
  "/restore/",
  "/variants.",
  "/sync/",
  "/ops/",
];

/**
 * Starts long files before short ones, so that no worker is left alone with a long one at the end, and keeps the files of
 * a project together, which share workers.
 */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const projects = [...new Set(files.map(({ project }) => project.name))].toSorted();
    const rank = ({ project, moduleId }: TestSpecification): number => {
      const found = LONGEST.findIndex((text) => moduleId.includes(text));
      return projects.indexOf(project.name) * 100 + (found === -1 ? LONGEST.length : found);
    };
    return files.toSorted((a, b) => rank(a) - rank(b));
  }
}
