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
}
