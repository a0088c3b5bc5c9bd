package dev.fovea.train.metric;

/**
 * An object that is in a picture.
 *
 * @param category its class, from 0
 * @param area in square pixels; decides whether it counts as small or large
 * @param crowd whether it stands for a group: it need not be found, and any number of finds in it are not wrong
 * @param ignored whether it need not be found for another reason; what is found there is not wrong
 */
public record Truth<T>(int category, T shape, double area, boolean crowd, boolean ignored) {}
