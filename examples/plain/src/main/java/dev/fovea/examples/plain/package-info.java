/** Recognition in a plain Java program. */
package dev.fovea.examples.plain;
