extension APIOperation {
    /// Who may call, and who has.
    static let access = [
        APIOperation(
            .get,
            "/api/tokens",
            id: "getTokens",
            "List the tokens",
            tag: .access,
            access: .admin,
            content: .array(of: TokenResource.self)
        ),
        APIOperation(
            .post,
            "/api/tokens",
            id: "createToken",
            "Make a token, which this answer alone shows",
            tag: .access,
            access: .admin,
            body: Body(TokenBody.self, isRequired: true),
            status: 201,
            content: .object(NewToken.self),
            refusals: [409, 413, 415]
        ),
        APIOperation(
            .delete,
            "/api/tokens/{tokenName}",
            id: "revokeToken",
            "Revoke a token, at once",
            tag: .access,
            access: .admin,
            status: 204,
            content: .nothing,
            refusals: [404]
        ),
        APIOperation(
            .get,
            "/api/audit",
            id: "getAudit",
            "List the changes that were asked for, newest first",
            tag: .access,
            access: .admin,
            query: [
                Parameter("limit", .integer(1...1000, default: 50), "At most so many"),
                Parameter(
                    "before",
                    .integer(1 ... .max),
                    "Those before the entry with this id: next_before of the last answer"
                ),
                Parameter("operation", .string(), "Those of this operation"),
                Parameter("caller", .string(), "Those of the token of this name, or of the user with this id"),
                Parameter("task_name", .string(), "Those about this task"),
                Parameter("since", .dateTime, "Those from this time on, inclusive"),
                Parameter("until", .dateTime, "Those up to this time, exclusive"),
            ],
            content: .object(AuditPage.self)
        ),
    ]
}
