/// A recipient of mail on a machine that can send none.
struct MailerRule: LintRule {
    let name = "mailer"

    func messages(for job: LintJob, _ circumstances: LintCircumstances) -> [String] {
        guard let recipient = job.mailTo, !circumstances.hasMailer else { return [] }
        return [
            "its output is to go to \(recipient), but there is no /usr/sbin/sendmail to send it; install an MTA, such as postfix, exim4, "
                + "msmtp-mta or dma, or leave \(job.isCrontab ? "MAILTO" : "mail_to") out"
        ]
    }
}
