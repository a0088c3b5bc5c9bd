/**
 * Networks that classify pictures, one file each, as in their papers. Parameter names, shapes, initial values and outputs equal the
 * reference that each file names. Start with {@link dev.fovea.models.classify.ResNet}.
 */
package dev.fovea.models.classify;
