public import RekeyCore
import Synchronization

extension Health: Served {
    public static func answer(
        _ request: Request, _ call: Call, _ service: Service
    ) async throws(Refusal) -> Reply {
        service.state.isDraining.load(ordering: .relaxed) ? .notServing : .serving
    }
}
