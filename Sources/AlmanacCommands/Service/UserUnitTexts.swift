/// The files of the service that runs under a user's own systemd.
///
/// The same bytes as the files of `contrib/systemd/user`; a test compares them.
enum UserUnitTexts {
    static let service =
        """
        # Almanac for one user, under that user's own systemd. It ends with the last session, runs included, unless the user
        # lingers: loginctl enable-linger.

        [Unit]
        Description=Almanac job scheduler
        # A scheduler that has given up is missed by nobody until its jobs are.
        StartLimitIntervalSec=0

        [Service]
        Type=notify
        WorkingDirectory=%h
        ExecStart=/usr/bin/almanac daemon --cgroup-controllers --config %E/almanac/almanac.toml --data %h/.local/state/almanac --listen unix:%t/almanac.sock
        ExecReload=/usr/bin/almanac reload --socket %t/almanac.sock
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
        IgnoreSIGPIPE=no

        [Install]
        WantedBy=default.target

        """

    static let socket =
        """
        # Where the commands of almanac find the daemon; the kernel says who is calling.

        [Unit]
        Description=Almanac job scheduler, local socket

        [Socket]
        ListenStream=%t/almanac.sock
        FileDescriptorName=local
        SocketMode=0600
        RemoveOnStop=yes

        [Install]
        WantedBy=sockets.target

        """
}
