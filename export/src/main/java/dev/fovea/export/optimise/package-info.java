/** What is done to a graph between lowering and writing: each pass is a class with one method {@code apply}. */
package dev.fovea.export.optimise;
