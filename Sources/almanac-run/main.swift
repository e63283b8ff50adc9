import AlmanacSupervisor
import Glibc

exit(Supervisor.main(arguments: CommandLine.arguments))
