/**
 * The {@code fovea} command: one class a verb.
 *
 * <p>Start with {@link dev.fovea.cli.Main}. Exit codes: 0 done, 1 the work failed, 2 the call was wrong.
 */
package dev.fovea.cli;
