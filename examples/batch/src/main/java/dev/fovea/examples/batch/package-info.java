/** Recognition of a whole folder as a job. */
package dev.fovea.examples.batch;
