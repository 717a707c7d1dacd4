import { statSync } from 'node:fs';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { PROJECTS } from './test-projects.ts';

/**
 * Starts the files of all projects in one order, the longest first, so that all workers end at about the same time. A file's
 * duration in the last run decides; on a machine without a last run, its project and then its size.
 */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const { cache } = this.ctx;
    const entries = files.map((file) => ({
      file,
      group: file.project.config.sequence.groupOrder,
      duration: cache.getTestSpecificationResult(file)?.duration,
      rank: PROJECTS.findIndex((name) => name === file.project.name),
      size: statSync(file.moduleId).size,
    }));
    const haveRun = entries.every(({ duration }) => duration !== undefined);
    return entries
      .toSorted((a, b) => {
        if (a.group !== b.group) return a.group - b.group;
        if (haveRun) return (b.duration ?? 0) - (a.duration ?? 0);
        return a.rank - b.rank || b.size - a.size;
      })
      .map(({ file }) => file);
  }
}
