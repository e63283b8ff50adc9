/// The files of the service that runs as root.
///
/// The same bytes as the files of `contrib/systemd/system`; a test compares them.
enum SystemUnitTexts {
    static let service =
        """
        # Almanac as root, able to run jobs as any user.
        #
        # What cron's jobs may do, its jobs may do, so that little is taken away: system calls and socket families that no job
        # needs. In particular there is no mount namespace: what a job mounts, everyone sees. unprivileged/almanac.service is the
        # other choice, which takes away whatever can be.

        [Unit]
        Description=Almanac job scheduler
        Wants=time-sync.target
        After=time-sync.target network.target remote-fs.target nss-user-lookup.target
        # A scheduler that has given up is missed by nobody until its jobs are.
        StartLimitIntervalSec=0

        [Service]
        Type=notify
        # Said, so that jobs get HOME, LOGNAME, USER and SHELL, as cron's do.
        User=root
        ExecStart=/usr/bin/almanac daemon --cgroup-controllers
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

        ConfigurationDirectory=almanac
        StateDirectory=almanac
        StateDirectoryMode=0700
        RuntimeDirectory=almanac
        # almanac.socket goes on listening there while the daemon is away.
        RuntimeDirectoryPreserve=yes

        LockPersonality=yes
        RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK AF_PACKET AF_ALG AF_VSOCK
        RestrictRealtime=yes
        SystemCallFilter=~@cpu-emulation @obsolete @raw-io
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
        SocketMode=0660
        RemoveOnStop=yes

        [Install]
        WantedBy=sockets.target

        """

    static let apiSocket =
        """
        # The API over TCP. A unit of its own, for a name in FileDescriptorName is that of all of a unit's sockets.

        [Unit]
        Description=Almanac job scheduler, API

        [Socket]
        ListenStream=127.0.0.1:9477
        FileDescriptorName=api
        Service=almanac.service

        [Install]
        WantedBy=sockets.target

        """

    static let tmpfiles =
        """
        # The folders of the service, for a daemon that is started without its unit too: systemd-tmpfiles --create.
        d /etc/almanac 0755 root root -
        d /run/almanac 0755 root root -
        d /var/lib/almanac 0700 root root -

        """
}
