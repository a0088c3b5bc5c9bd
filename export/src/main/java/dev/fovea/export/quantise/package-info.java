/**
 * Eight-bit graphs. {@link dev.fovea.export.quantise.StaticQuantisation} measures the range of every value on pictures and puts pairs of
 * QuantizeLinear and DequantizeLinear around operators, in the form that engines fuse into integer operators.
 */
package dev.fovea.export.quantise;
