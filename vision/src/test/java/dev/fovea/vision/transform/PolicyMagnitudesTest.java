package dev.fovea.vision.transform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.fovea.vision.Size;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;

/** Magnitudes of all 31 steps as torchvision 0.14.1 lists them; translations are for an image of 53x37. */
class PolicyMagnitudesTest {
    @ParameterizedTest
    @CsvFileSource(resources = "policy-magnitudes.csv", numLinesToSkip = 1, maxCharsPerColumn = 1000)
    void magnitudes_and_signs_equal_the_reference(String policy, String operation, boolean signed, String magnitudes) {
        var policyOperation = PolicyOperation.valueOf(operation);
        assertThat(policyOperation.signed()).isEqualTo(signed);
        String[] expected = magnitudes.split(" ", -1);
        assertThat(expected).hasSize(PolicyOperation.BINS);
        for (int bin = 0; bin < expected.length; bin++) {
            double actual = policy.equals("randaugment")
                    ? RandAugment.magnitude(policyOperation, bin, new Size(37, 53))
                    : TrivialAugmentWide.magnitude(policyOperation, bin);
            double value = Double.parseDouble(expected[bin]);
            assertThat(actual).as("bin %d", bin).isCloseTo(value, within(1e-6 + 1e-6 * Math.abs(value)));
        }
    }
}
