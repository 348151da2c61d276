// Collects the tests that did not run and why, for the summary at the end of `npm test`.
import { appendFileSync } from 'node:fs';

/** A vitest reporter: appends one JSON line per skipped test to the file named by TINA_SKIPS. */
export default class SkipReporter {
  onTestRunEnd(modules) {
    const file = process.env['TINA_SKIPS'];
    if (file === undefined) return;
    for (const module of modules) {
      for (const test of module.children.allTests('skipped')) {
        const why = test.result().note ?? null;
        appendFileSync(file, `${JSON.stringify({ test: test.fullName, why })}\n`);
      }
    }
  }
}
