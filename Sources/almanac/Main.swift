import AlmanacCommands
import Glibc

@main
enum Main {
    static func main() {
        installConcurrencyExecutor()
        exit(runAlmanac(Array(CommandLine.arguments.dropFirst())))
    }
}
