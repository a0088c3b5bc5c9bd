/**
 * The report of a run: one self-contained HTML page that opens offline.
 *
 * <p>Start with {@link dev.fovea.train.report.Page}, which collects sections; {@code LineChart} and {@code HeatTable} draw. What a task
 * puts on its page is said in the task's own package.
 */
package dev.fovea.train.report;
