package import Glibc

/// The permission bits of a file; nil where there is none.
package func permissions(_ path: String) -> mode_t? {
    var status = stat()
    return unsafe stat(path, &status) == 0 ? status.st_mode & 0o7777 : nil
}
