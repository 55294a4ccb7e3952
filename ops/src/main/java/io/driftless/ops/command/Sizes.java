package io.driftless.ops.command;

import io.driftless.ops.console.ByteSize;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Sizes on the command line, see {@link ByteSize}. */
final class Sizes implements ITypeConverter<Long> {

    @Override
    public Long convert(String text) {
        return ByteSize.parse(text).orElseThrow(() -> new TypeConversionException(ByteSize.problem(text)));
    }

    /** Where a number alone is more often a mistake than bytes. */
    static final class WithUnit implements ITypeConverter<Long> {

        @Override
        public Long convert(String text) {
            if (ByteSize.lacksUnit(text)) {
                throw new TypeConversionException(ByteSize.unitProblem(text));
            }
            return new Sizes().convert(text);
        }
    }
}
