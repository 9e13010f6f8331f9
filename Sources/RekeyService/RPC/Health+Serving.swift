public import RekeyCore
import RekeyStore
import Synchronization

extension Health: ServedAtOnce {
    public static func answerNow(
        _ request: Request, _ call: Call, _ service: Service
    ) throws(Refusal) -> Reply {
        guard request.service.isEmpty || service.state.services.contains(request.service) else {
            throw Refusal(.serviceUnknown, "this server has no such service")
        }
        let stops = service.state.isDraining.load(ordering: .relaxed)
        return stops || !service.store.takesWrites ? .notServing : .serving
    }
}
