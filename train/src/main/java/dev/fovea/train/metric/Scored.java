package dev.fovea.train.metric;

/**
 * An object that was found in a picture.
 *
 * @param category its class, from 0
 * @param area in square pixels; decides whether it counts as small or large where it is wrong
 */
public record Scored<T>(int category, double score, T shape, double area) {}
