package io.driftless.ops.console;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;

/** I/O errors in words: the messages of some exceptions are nothing but the name of a file. */
public final class IoProblem {

    private IoProblem() { }

    /** What went wrong, in a line. */
    public static String words(IOException problem) {
        return switch (problem) {
            case NoSuchFileException absent -> absent.getFile() + ": no such file or directory";
            case AccessDeniedException denied -> denied.getFile() + ": permission denied";
            case CharacterCodingException notText -> "not text in UTF-8";
            case IOException other -> other.getMessage() == null ? other.toString() : other.getMessage();
        };
    }
}
