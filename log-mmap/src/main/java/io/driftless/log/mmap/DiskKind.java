package io.driftless.log.mmap;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;

/** What a file system is worth for durability: it is claimed for ext4 and XFS, any other is named at the start. */
final class DiskKind {

    private DiskKind() { }

    /** One line to warn with; empty on ext4 and XFS. */
    static Optional<String> warning(Path directory) throws IOException {
        return warning(directory, Files.getFileStore(directory).type());
    }

    static Optional<String> warning(Path directory, String type) {
        String lower = type.toLowerCase(Locale.ROOT);
        String what = switch (lower) {
            case "ext4", "xfs" -> "";
            case "tmpfs", "ramfs" -> "which is memory: a power cut or a restart of the machine takes everything";
            case "overlay", "overlayfs", "aufs" ->
                "the layer of a container, which goes when the container is removed: use a volume";
            case "nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "ceph", "glusterfs", "lustre", "afs", "virtiofs" ->
                "over a network or from a host, where locks and forces may not hold";
            default -> lower.startsWith("fuse") ? "in user space, where locks and forces may not hold"
                    : "on which it has not been proven";
        };
        return what.isEmpty() ? Optional.empty() : Optional.of(directory + " is on " + type + ", " + what
                + "; that data survives a power cut is claimed for ext4 and XFS on Linux");
    }
}
