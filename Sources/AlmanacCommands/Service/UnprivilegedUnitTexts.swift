/// The files of the service that runs as a user of its own.
///
/// The same bytes as the files of `contrib/systemd/unprivileged`; a test compares them.
enum UnprivilegedUnitTexts {
    static let service =
        """
        # Almanac as a user of its own, for jobs that need no more than a shell, the network and a folder to write to.
        #
        # Every job is in this sandbox. What one needs beyond it goes into a drop-in (systemctl edit almanac), for instance
        # ReadWritePaths=/srv/backup, or MemoryDenyWriteExecute=no for programs that compile as they run (node, java).

        [Unit]
        Description=Almanac job scheduler
        Wants=time-sync.target
        After=time-sync.target network.target remote-fs.target nss-user-lookup.target
        # A scheduler that has given up is missed by nobody until its jobs are.
        StartLimitIntervalSec=0

        [Service]
        Type=notify
        User=almanac
        Group=almanac
        WorkingDirectory=/var/lib/almanac
        ExecStart=/usr/bin/almanac daemon --cgroup-controllers --config /etc/almanac/almanac.toml --data /var/lib/almanac --listen unix:/run/almanac/almanac.sock --listen 127.0.0.1:9477
        ExecReload=/usr/bin/almanac reload --socket /run/almanac/almanac.sock
        Restart=on-failure
        RestartSec=2s
        WatchdogSec=30s
        # Runs outlive the daemon, as cron's do; [daemon] on_stop = "stop_runs" ends them with it.
        KillMode=process
        # A job that the kernel kills for want of memory is that job's end, not the daemon's.
        OOMPolicy=continue
        # Each run has a cgroup in this one. The kernel lets no next daemon in while their controllers are on.
        Delegate=yes
        ExecStopPost=-/usr/bin/almanac release-cgroup
        TasksMax=infinity
        IgnoreSIGPIPE=no
        UMask=0077

        ConfigurationDirectory=almanac
        StateDirectory=almanac
        StateDirectoryMode=0700
        RuntimeDirectory=almanac
        # almanac.socket goes on listening there while the daemon is away.
        RuntimeDirectoryPreserve=yes

        # Folders for temporary files that live as long as a process in this sandbox does. PrivateTmp= removes its own, and
        # RemoveIPC= shared memory, when the daemon stops, from under the runs that outlive it.
        TemporaryFileSystem=/tmp:mode=1777 /var/tmp:mode=1777
        ReadWritePaths=-/sys/fs/cgroup/system.slice/almanac.service

        AmbientCapabilities=
        CapabilityBoundingSet=
        DevicePolicy=closed
        KeyringMode=private
        LockPersonality=yes
        MemoryDenyWriteExecute=yes
        NoNewPrivileges=yes
        PrivateDevices=yes
        PrivateMounts=yes
        PrivateUsers=yes
        ProcSubset=pid
        ProtectClock=yes
        ProtectControlGroups=yes
        ProtectHome=yes
        ProtectHostname=yes
        ProtectKernelLogs=yes
        ProtectKernelModules=yes
        ProtectKernelTunables=yes
        ProtectProc=invisible
        ProtectSystem=strict
        RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6
        RestrictNamespaces=yes
        RestrictRealtime=yes
        RestrictSUIDSGID=yes
        SystemCallArchitectures=native
        SystemCallFilter=@system-service
        SystemCallFilter=~@privileged
        SystemCallErrorNumber=EPERM

        [Install]
        WantedBy=multi-user.target

        """

    static let socket =
        """
        # Where the commands of almanac find the daemon; the kernel says who is calling.

        [Unit]
        Description=Almanac job scheduler, local socket

        [Socket]
        ListenStream=/run/almanac/almanac.sock
        FileDescriptorName=local
        SocketUser=almanac
        SocketGroup=almanac
        SocketMode=0660
        RemoveOnStop=yes

        [Install]
        WantedBy=sockets.target

        """

    static let apiSocket = SystemUnitTexts.apiSocket

    static let sysusers =
        """
        # The user that the unprivileged service and its jobs run as: systemd-sysusers.
        u almanac - "Almanac job scheduler" /var/lib/almanac

        """

    static let tmpfiles =
        """
        # The folders of the service, for a daemon that is started without its unit too: systemd-tmpfiles --create. The data folder
        # is not here: the unit makes it, and gives it with all that is in it to the user, where it was root's.
        d /etc/almanac 0755 root root -
        d /run/almanac 0755 almanac almanac -

        """
}
