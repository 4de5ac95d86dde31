'use strict';
const { appendFileSync } = require('node:fs');
const { reporters } = require('mocha');

/**
 * A report for people (`style: dot` for suites of hundreds of tests), and the counts for scripts/test.mjs: one line of
 * JSON a run, appended to the file that TRACE_LEDGER_COUNTS names.
 */
module.exports = class CountingReporter {
  constructor(runner, options) {
    const Style = options.reporterOptions?.style === 'dot' ? reporters.Dot : reporters.Spec;
    this.report = new Style(runner, options);
    runner.once('end', () => {
      const { passes: passed, failures: failed, pending: skipped } = runner.stats;
      const file = process.env.TRACE_LEDGER_COUNTS;
      if (file) appendFileSync(file, `${JSON.stringify({ passed, failed, skipped })}\n`);
    });
  }
};
