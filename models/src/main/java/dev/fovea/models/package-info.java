/**
 * Networks by name. Start with {@link dev.fovea.models.Models}: {@code Models.classify("resnet50", Map.of("classes", 10))} builds one,
 * {@link dev.fovea.models.ModelSpec} describes it beside its weights.
 *
 * <p>Architectures live in a package per task, one file each ({@code classify}); each extends {@link dev.fovea.models.Backbone},
 * lists its {@link dev.fovea.models.Option options} and takes the weights of its reference implementation. {@code verify} compares
 * them with numbers written by the references.
 */
package dev.fovea.models;
