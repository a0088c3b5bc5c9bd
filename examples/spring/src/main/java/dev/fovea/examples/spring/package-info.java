/** Recognition inside a Spring Boot service. */
package dev.fovea.examples.spring;
