/// One operation of the API, as the contract has it: the routes, the checks of who may call, the names that a query may
/// have and the OpenAPI document are all made of these.
package struct APIOperation: Sendable, Identifiable {
    package enum Method: String, Sendable, CaseIterable {
        case get = "GET"
        case post = "POST"
        case delete = "DELETE"
    }

    /// What it is about: the groups of the document.
    package enum Tag: String, Sendable, CaseIterable {
        case system = "System"
        case tasks = "Tasks"
        case runs = "Runs"
        case logs = "Logs"
        case access = "Access"
    }

    /// Who may ask for it.
    package enum Access: Sendable, Hashable {
        /// Everybody, without credentials.
        case everyone
        /// Who has the scope `read`.
        case read
        /// Who has the scope `read`, or may start the task that the path names.
        case readOfTask
        /// Who may start the task that the path names: the scope `trigger`, or `trigger:TASK`.
        case trigger
        /// Who may start every task.
        case triggerEveryTask
        /// Who has the scope `admin`.
        case admin
    }

    /// A name that its query may have.
    package struct Parameter: Sendable, Hashable {
        package var name: String
        package var schema: JSONSchema
        package var description: String
        package var isRequired: Bool

        package init(_ name: String, _ schema: JSONSchema, _ description: String, isRequired: Bool = false) {
            self.name = name
            self.schema = schema
            self.description = description
            self.isRequired = isRequired
        }
    }

    /// The JSON that it takes.
    package struct Body: Sendable {
        package var type: any WireShape.Type
        package var isRequired: Bool

        package init(_ type: any WireShape.Type, isRequired: Bool = false) {
            self.type = type
            self.isRequired = isRequired
        }
    }

    /// What a good answer holds.
    package enum Content: Sendable {
        case nothing
        case object(any WireObject.Type)
        case array(of: any WireShape.Type)
        /// Anything but JSON, in the media type that the request prefers of these.
        case text([String])
        /// Server-sent events, by their names.
        case events([(name: String, data: any WireShape.Type)])
        /// JSON of no type of this module.
        case json
    }

    /// Its name in the document, `operationId`.
    package var id: String
    package var method: Method
    /// With its parameters in braces: `/api/tasks/{taskName}/run`.
    package var path: String
    package var summary: String
    package var tag: Tag
    package var access: Access
    package var query: [Parameter]
    /// Whether the query is left to the operation, so that none of its names is unknown: for what strangers may ask.
    package var takesAnyQuery: Bool
    /// Request headers that it heeds beside HTTP's own.
    package var headers: [Parameter]
    package var body: Body?
    /// The status of a good answer.
    package var status: Int
    package var content: Content
    /// The statuses that its refusals may have, beside those that every operation may answer with.
    package var refusals: [Int]

    package init(
        _ method: Method,
        _ path: String,
        id: String,
        _ summary: String,
        tag: Tag,
        access: Access,
        query: [Parameter] = [],
        takesAnyQuery: Bool = false,
        headers: [Parameter] = [],
        body: Body? = nil,
        status: Int = 200,
        content: Content,
        refusals: [Int] = []
    ) {
        self.id = id
        self.method = method
        self.path = path
        self.summary = summary
        self.tag = tag
        self.access = access
        self.query = query
        self.takesAnyQuery = takesAnyQuery
        self.headers = headers
        self.body = body
        self.status = status
        self.content = content
        self.refusals = refusals
    }

    /// All operations, in the order of the document.
    package static var all: [APIOperation] { system + tasks + runs + logs + access }
}
