package io.driftless.log.mmap;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class SystemErrorsTest {

    private static final Path FILE = Path.of("/data/x.tmp");

    private static String words(IOException why) {
        return SystemErrors.words(FILE, why);
    }

    @Test
    void whatWasWrongWithAFileIsSaidWithoutItsNameAndWithoutAClass() {
        assertEquals("permission denied", words(new AccessDeniedException(FILE.toString())));
        assertEquals("no such file or directory", words(new NoSuchFileException(FILE.toString())));
        assertEquals("something else has this name", words(new FileAlreadyExistsException(FILE.toString())));
        assertEquals("Read-only file system", words(new FileSystemException(FILE.toString(), "/data/x.snapshot",
                "Read-only file system")));
        assertEquals("Too many open files", words(new FileNotFoundException(FILE + " (Too many open files)")));
        assertEquals("no room on the disk", words(new Disk.NoRoomException(FILE, new IOException("full"))));
        assertEquals("No space left on device", words(new IOException("No space left on device")));
    }

    @Test
    void aClassIsNamedWhereNothingElseIsSaid() {
        assertEquals("java.io.IOException", words(new IOException()));
    }
}
