/**
 * Training: tasks, the one loop, checkpoints and the run folder.
 *
 * <p>Start with {@link dev.fovea.train.Task} (what a kind of recognition is) and {@link dev.fovea.train.Trainer} (the loop, which knows
 * nothing of tasks). The first task is {@code classify.ClassifyTask}; {@code metric} judges, {@code report} shows.
 */
package dev.fovea.train;
