package dev.fovea.cli;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Arrows point downward: a module uses what stands on a lower floor, never the other way. */
class ArchitectureTest {
    private static JavaClasses fovea;

    @BeforeAll
    static void read() {
        fovea = new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .importPackages("dev.fovea");
    }

    @Test
    void modules_use_only_what_stands_below_them() {
        layeredArchitecture()
                .consideringOnlyDependenciesInAnyPackage("dev.fovea..")
                .layer("vision")
                .definedBy("dev.fovea.vision..")
                .layer("tensor")
                .definedBy("dev.fovea.tensor..")
                .layer("nn")
                .definedBy("dev.fovea.nn..")
                .layer("data")
                .definedBy("dev.fovea.data..")
                .layer("runtime")
                .definedBy("dev.fovea.runtime..")
                .layer("serve")
                .definedBy("dev.fovea.serve..")
                .layer("models")
                .definedBy("dev.fovea.models..")
                .layer("train")
                .definedBy("dev.fovea.train..")
                .layer("export")
                .definedBy("dev.fovea.export..")
                .layer("cli")
                .definedBy("dev.fovea.cli..")
                .whereLayer("vision")
                .mayNotAccessAnyLayer()
                .whereLayer("tensor")
                .mayNotAccessAnyLayer()
                .whereLayer("nn")
                .mayOnlyAccessLayers("tensor")
                .whereLayer("data")
                .mayOnlyAccessLayers("vision")
                .whereLayer("runtime")
                .mayOnlyAccessLayers("vision")
                .whereLayer("serve")
                .mayOnlyAccessLayers("runtime", "vision")
                .whereLayer("models")
                .mayOnlyAccessLayers("nn", "tensor", "vision")
                .whereLayer("train")
                .mayOnlyAccessLayers("models", "nn", "tensor", "data", "vision")
                .whereLayer("export")
                .mayOnlyAccessLayers("models", "runtime", "nn", "tensor", "vision")
                .whereLayer("cli")
                .mayNotBeAccessedByAnyLayer()
                .check(fovea);
    }

    @Test
    void each_engine_is_seen_by_its_module_alone() {
        noClasses()
                .that()
                .resideOutsideOfPackage("dev.fovea.tensor..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.bytedeco.pytorch..")
                .check(fovea);
        noClasses()
                .that()
                .resideOutsideOfPackage("dev.fovea.vision..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.bytedeco.opencv..")
                .check(fovea);
        noClasses()
                .that()
                .resideOutsideOfPackages("dev.fovea.runtime..", "dev.fovea.export..", "dev.fovea.bench..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("ai.onnxruntime..")
                .check(fovea);
    }

    @Test
    void no_public_signature_of_tensor_shows_libtorch() {
        classes()
                .that()
                .resideInAPackage("dev.fovea.tensor..")
                .and()
                .arePublic()
                .should(new ArchCondition<JavaClass>("hide the presets' types from public signatures") {
                    @Override
                    public void check(JavaClass type, ConditionEvents events) {
                        type.getMethods().stream()
                                .filter(m ->
                                        m.getModifiers().contains(com.tngtech.archunit.core.domain.JavaModifier.PUBLIC))
                                .filter(m ->
                                        m.getRawReturnType().getPackageName().startsWith("org.bytedeco")
                                                || m.getRawParameterTypes().stream()
                                                        .anyMatch(p -> p.getPackageName()
                                                                .startsWith("org.bytedeco")))
                                .forEach(m -> events.add(SimpleConditionEvent.violated(m, m.getFullName())));
                    }
                })
                .check(fovea);
    }

    @Test
    void no_class_is_called_by_a_word_that_says_nothing() {
        noClasses()
                .should()
                .haveSimpleNameEndingWith("Utils")
                .orShould()
                .haveSimpleNameEndingWith("Util")
                .orShould()
                .haveSimpleNameEndingWith("Manager")
                .orShould()
                .haveSimpleNameEndingWith("Impl")
                .orShould()
                .haveSimpleNameEndingWith("Helper")
                .check(fovea);
    }
}
