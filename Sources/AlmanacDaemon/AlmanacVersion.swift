/// The version of this program.
package enum AlmanacVersion {
    package static let current = "0.1.0"
}
