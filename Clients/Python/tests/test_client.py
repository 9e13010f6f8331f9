"""The client against servers that say what the test wants, under a clock that leaps: what happens to
a call when its server leaves, dies, keeps silent or comes back."""

from __future__ import annotations

import asyncio

import rekey
from rekey import methods
from rekey.v1 import recovery_pb2 as recovery
from tests.frames import ANNOUNCED, go_away, hello, ok, ping, refusal
from tests.scripted import ScriptedTest, World, failure, soon

SERVING = b"\x08\x01"


class CallTests(ScriptedTest):
    def test_a_call_and_its_answer(self) -> None:
        async def script(world: World) -> None:
            async with world.client() as client:
                call = soon(client.request_reset("C-1", origin=rekey.Origin("::1", "a browser")))
                peer = await world.peer()
                request = await peer.request()
                self.assertEqual(request.method, "rekey.v1.Rekey/RequestReset")
                self.assertEqual(len(request.idempotency_key), 16)
                sent = recovery.RequestResetRequest.FromString(request.body)
                self.assertEqual(sent.origin, recovery.Origin(address="::1", agent="a browser"))
                peer.send(ok(1, recovery.RequestResetReply(link_life_ms=1_000).SerializeToString()))
                self.assertEqual((await call).link_life.total_seconds(), 1)

        self.play(script)

    def test_p6_3_each_call_has_a_key_of_its_own_or_the_one_given(self) -> None:
        async def script(world: World) -> None:
            async with world.client() as client:
                calls = [soon(client.request_reset("C-1")) for _ in range(2)]
                calls.append(soon(client.request_reset("C-1", idempotency_key=b"mine")))
                peer = await world.peer()
                keys = [(await peer.request()).idempotency_key for _ in calls]
                self.assertEqual(len(set(keys)), 3)
                self.assertIn(b"mine", keys)
                peer.send(ok(1), ok(2), ok(3))
                await asyncio.gather(*calls)

        self.play(script)

    def test_p6_5_login_and_reads_carry_no_key_and_take_none(self) -> None:
        async def script(world: World) -> None:
            async with world.client() as client:
                calls = [soon(client.login("C-1", "x")), soon(client.health())]
                peer = await world.peer()
                keys = [(await peer.request()).idempotency_key for _ in calls]
                self.assertEqual(keys, [b"", b""])
                peer.send(ok(1), ok(2))
                await asyncio.gather(*calls)
                with self.assertRaises(ValueError):
                    await client.call(
                        methods.LOGIN, recovery.LoginRequest(), idempotency_key=b"key"
                    )
                for key in (b"", bytes(65)):
                    with self.assertRaises(ValueError):
                        await client.logout("x", idempotency_key=key)

        self.play(script)

    def test_p4_8_the_trace_context_of_the_task_or_of_the_call(self) -> None:
        async def script(world: World) -> None:
            async with world.client() as client:
                rekey.trace_context.set("around")
                calls = [soon(client.health()), soon(client.health(trace_context="given"))]
                peer = await world.peer()
                found = [(await peer.request()).trace_context for _ in calls]
                self.assertEqual(sorted(found), ["around", "given"])
                peer.send(ok(1), ok(2))
                await asyncio.gather(*calls)

        self.play(script)

    def test_a_reply_that_does_not_parse_is_no_reply(self) -> None:
        async def script(world: World) -> None:
            async with world.client() as client:
                call = soon(client.health())
                peer = await world.peer()
                await peer.request()
                peer.send(ok(1, b"\x0a\x00"))
                error = await failure(call)
                self.assertIsInstance(error, rekey.ProtocolError)
                self.assertIn("was done", str(error))

        self.play(script)

    def test_a_refusal_comes_as_it_is_said_and_is_not_repeated(self) -> None:
        async def script(world: World) -> None:
            async with world.client() as client:
                call = soon(client.validate_link("x"))
                peer = await world.peer()
                await peer.request()
                peer.send(refusal(1, 5, "LINK_INVALID"))
                error = await failure(call)
                assert isinstance(error, rekey.Refused)
                self.assertEqual(error.reason, rekey.Reason.LINK_INVALID)
                self.assertEqual(world.now, 0)

        self.play(script)

    def test_closing_waits_for_answers_and_takes_no_more(self) -> None:
        async def script(world: World) -> None:
            client = world.client()
            call = soon(client.health())
            peer = await world.peer()
            await peer.request()
            closing = soon(client.aclose())
            self.assertEqual(await peer.kind(), "go_away")
            self.assertIsInstance(await failure(client.health()), rekey.Unavailable)
            peer.send(ok(1, SERVING))
            self.assertIs(await call, rekey.ServingStatus.SERVING)
            self.assertTrue(await peer.at_end())
            self.assertEqual(world.now, 0, "half-closed at once, not given up after a second")
            peer.end()
            await closing

        self.play(script)

    def test_p7_3_a_server_that_does_not_close_is_left_after_a_second(self) -> None:
        async def script(world: World) -> None:
            client = world.client()
            call = soon(client.health())
            peer = await world.peer()
            await peer.request()
            peer.send(ok(1, SERVING))
            await call
            await client.aclose()
            self.assertEqual(world.now, 1)

        self.play(script)


class TimeTests(ScriptedTest):
    def test_p4_6_the_time_that_is_left_is_sent(self) -> None:
        async def script(world: World) -> None:
            async with world.client() as client:
                call = soon(client.health(timeout=4))
                _, peer = await world.arrival()
                await peer.frame()
                await asyncio.sleep(1.5)
                peer.send(hello())
                self.assertEqual((await peer.request()).timeout_ms, 2_500)
                peer.send(ok(1, SERVING))
                await call

        self.play(script)

    def test_p4_6_never_more_than_30_s_at_once(self) -> None:
        async def script(world: World) -> None:
            async with world.client() as client:
                call = soon(client.health(timeout=100))
                peer = await world.peer()
                self.assertEqual((await peer.request()).timeout_ms, 30_000)
                peer.send(refusal(1, 4, "DEADLINE_EXCEEDED", not_processed=True))
                self.assertEqual((await peer.request()).timeout_ms, 30_000)
                peer.send(ok(2, SERVING))
                await call

        self.play(script)

    def test_a_call_is_given_up_and_cancelled_a_second_after_its_time(self) -> None:
        async def script(world: World) -> None:
            async with world.client() as client:
                call = soon(client.login("C-1", "x", timeout=4))
                peer = await world.peer()
                await peer.request()
                self.assertEqual((await peer.kind(), world.now), ("ping", 5))
                self.assertEqual((await peer.frame()).cancel.call_id, 1)
                self.assertIsInstance(await failure(call), rekey.OutcomeUnknown)

        self.play(script)

    def test_a_read_without_an_answer_is_late_and_no_more(self) -> None:
        async def script(world: World) -> None:
            async with world.client() as client:
                call = soon(client.health(timeout=4))
                peer = await world.peer()
                await peer.request()
                error = await failure(call)
                self.assertIsInstance(error, rekey.DeadlineExceeded)
                self.assertIsInstance(error, TimeoutError)

        self.play(script)

    def test_the_servers_own_word_that_time_is_over(self) -> None:
        async def script(world: World) -> None:
            async with world.client() as client:
                call = soon(client.login("C-1", "x", timeout=4))
                peer = await world.peer()
                await peer.request()
                await asyncio.sleep(4)
                peer.send(refusal(1, 4, "DEADLINE_EXCEEDED", not_processed=True))
                error = await failure(call)
                self.assertIsInstance(error, rekey.DeadlineExceeded)
                self.assertTrue(error.not_processed)

        self.play(script)

    def test_p4_7_a_cancelled_task_cancels_its_call(self) -> None:
        async def script(world: World) -> None:
            async with world.client() as client:
                call = soon(client.login("C-1", "x"))
                peer = await world.peer()
                await peer.request()
                call.cancel()
                with self.assertRaises(asyncio.CancelledError):
                    await call
                self.assertEqual((await peer.frame()).cancel.call_id, 1)
                self.assertEqual(world.now, 0)

        self.play(script)

    def test_a_timeout_that_is_none(self) -> None:
        async def script(world: World) -> None:
            client = world.client()
            for timeout in (0.0, -1.0, 1_801.0, float("nan"), float("inf")):
                with self.assertRaises(ValueError):
                    await client.health(timeout=timeout)
                with self.assertRaises(ValueError):
                    world.client(timeout=timeout)

        self.play(script)


class RepeatTests(ScriptedTest):
    def test_p6_3_a_lost_call_is_repeated_with_the_same_key(self) -> None:
        async def script(world: World) -> None:
            async with world.client() as client:
                call = soon(client.request_reset("C-1"))
                peer = await world.peer()
                first = await peer.request()
                peer.end()
                second = await (peer := await world.peer()).request()
                self.assertEqual(first.idempotency_key, second.idempotency_key)
                self.assertEqual(first.body, second.body)
                self.assertLess(second.timeout_ms, first.timeout_ms)
                peer.send(ok(1))
                await call

        self.play(script)

    def test_login_is_not_repeated_when_its_outcome_is_unknown(self) -> None:
        async def script(world: World) -> None:
            async with world.client() as client:
                call = soon(client.login("C-1", "x"))
                peer = await world.peer()
                await peer.request()
                peer.end()
                self.assertIsInstance(await failure(call), rekey.OutcomeUnknown)
                await asyncio.sleep(60)
                self.assertTrue(world.nobody_came())

        self.play(script)

    def test_p6_2_login_is_repeated_when_it_was_not_processed(self) -> None:
        async def script(world: World) -> None:
            async with world.client() as client:
                call = soon(client.login("C-1", "x"))
                peer = await world.peer()
                await peer.request()
                peer.send(refusal(1, 8, "OVERLOADED", not_processed=True))
                await peer.request()
                peer.send(ok(2))
                await call

        self.play(script)

    def test_p6_7_a_repeat_waits_as_long_as_the_server_asks(self) -> None:
        async def script(world: World) -> None:
            async with world.client() as client:
                call = soon(client.health())
                peer = await world.peer()
                times = []
                for call_id, milliseconds in ((1, 2_500), (2, 1_000)):
                    await peer.request()
                    times.append(world.now)
                    busy = refusal(call_id, 14, "STORE_BUSY", milliseconds, not_processed=True)
                    peer.send(busy)
                await peer.request()
                times.append(world.now)
                self.assertEqual(times, [0, 2.5, 3.5])
                peer.send(ok(3, SERVING))
                await call

        self.play(script)

    def test_p6_7_repeats_wait_longer_each_time(self) -> None:
        async def script(world: World) -> None:
            async with world.client(timeout=3) as client:
                call = soon(client.health())
                peer = await world.peer()
                times = []
                for call_id in (1, 2, 3, 4, 5):
                    await peer.request()
                    times.append(round(world.now, 3))
                    peer.send(refusal(call_id, 14, "STORE_BUSY", not_processed=True))
                self.assertEqual(times, [0, 0.1, 0.3, 0.7, 1.5])
                error = await failure(call)
                assert isinstance(error, rekey.Refused)
                self.assertEqual((error.reason, error.not_processed), ("STORE_BUSY", True))
                self.assertLess(world.now, 3)

        self.play(script)

    def test_p6_7_a_wait_that_leads_beyond_the_callers_time_is_not_begun(self) -> None:
        async def script(world: World) -> None:
            async with world.client() as client:
                call = soon(client.health())
                peer = await world.peer()
                await peer.request()
                peer.send(refusal(1, 14, "STORE_FULL", 60_000, not_processed=True))
                error = await failure(call)
                assert isinstance(error, rekey.Refused)
                self.assertEqual((error.retry_after, world.now), (60, 0))

        self.play(script)

    def test_an_attempt_that_may_have_been_done_is_not_forgotten(self) -> None:
        async def script(world: World) -> None:
            async with world.client() as client:
                call = soon(client.request_reset("C-1"))
                peer = await world.peer()
                await peer.request()
                world.refusing.add(1)
                peer.end()
                error = await failure(call)
                self.assertIsInstance(error, rekey.OutcomeUnknown)
                self.assertFalse(error.not_processed)

        self.play(script)

    def test_a_server_that_breaks_the_protocol(self) -> None:
        async def script(world: World) -> None:
            async with world.client() as client:
                call = soon(client.login("C-1", "x"))
                peer = await world.peer()
                await peer.request()
                peer.send(bytes(4))
                self.assertIsInstance(await failure(call), rekey.ProtocolError)
                self.assertEqual((await peer.frame()).go_away.reason, "FRAME_INVALID")
                self.assertTrue(await peer.at_end())

        self.play(script)


class ServerTests(ScriptedTest):
    def test_servers_take_turns_on_one_connection_each(self) -> None:
        async def script(world: World) -> None:
            async with world.client(servers=2) as client:
                peers = {}
                for expected in (1, 2):
                    call = soon(client.health())
                    port, peer = await world.arrival()
                    self.assertEqual(port, expected)
                    peer.send(hello())
                    await peer.frame()
                    peers[port] = peer
                    # The call goes to whoever is there first.
                    await (peers[1]).request()
                    peers[1].send(ok(expected, SERVING))
                    await call
                calls = [soon(client.health()) for _ in range(4)]
                for port in (2, 1):
                    await peers[port].request()
                    await peers[port].request()
                peers[1].send(ok(3), ok(4))
                peers[2].send(ok(1), ok(2))
                await asyncio.gather(*calls)
                self.assertEqual([port for _, port in world.attempts], [1, 2])

        self.play(script)

    def test_p4_5_a_further_connection_when_the_first_is_full(self) -> None:
        async def script(world: World) -> None:
            async with world.client() as client:
                calls = [soon(client.health()) for _ in range(3)]
                first = await world.peer(calls_max=2)
                await first.request()
                await first.request()
                second = await world.peer(calls_max=2)
                await second.request()
                first.send(ok(1), ok(2))
                second.send(ok(1))
                await asyncio.gather(*calls)

        self.play(script)

    def test_p4_5_a_call_waits_for_room_where_no_connection_is_to_be_had(self) -> None:
        async def script(world: World) -> None:
            async with world.client() as client:
                first = soon(client.health())
                peer = await world.peer(calls_max=1)
                await peer.request()
                world.refusing.add(1)
                second = soon(client.health())
                await asyncio.sleep(1)
                peer.send(ok(1, SERVING))
                await first
                await peer.request()
                self.assertEqual(world.now, 1, "as soon as there is room")
                peer.send(ok(2, SERVING))
                await second

        self.play(script)

    def test_a_server_that_refuses_is_tried_again_and_less_and_less(self) -> None:
        async def script(world: World) -> None:
            async with world.client(timeout=3) as client:
                world.refusing.add(1)
                error = await failure(client.health())
                self.assertIsInstance(error, rekey.Unavailable)
                self.assertIn("127.0.0.1:1: [Errno 111] Connection refused", str(error))
                times = [round(time, 3) for time, _ in world.attempts]
                self.assertEqual(times, [0, 0.1, 0.3, 0.7, 1.5])
                self.assertEqual(world.now, 3)

        self.play(script)

    def test_an_answer_ends_a_row_of_failures_and_a_lost_connection_begins_one(self) -> None:
        async def script(world: World) -> None:
            async with world.client() as client:
                world.refusing.add(1)
                call = soon(client.login("C-1", "x"))
                await asyncio.sleep(1)
                world.refusing.clear()
                peer = await world.peer()
                await peer.request()
                peer.send(ok(1))
                await call
                call = soon(client.login("C-1", "x"))
                await peer.request()
                peer.end()
                await failure(call)
                before = world.now
                call = soon(client.health())
                peer = await world.peer()
                self.assertAlmostEqual(world.now - before, 0.1)
                await peer.request()
                peer.send(ok(1, SERVING))
                await call

        self.play(script)

    def test_a_call_survives_a_server_that_comes_back(self) -> None:
        async def script(world: World) -> None:
            async with world.client() as client:
                world.refusing.add(1)
                call = soon(client.login("C-1", "x"))
                await asyncio.sleep(5)
                world.refusing.clear()
                peer = await world.peer()
                await peer.request()
                peer.send(ok(1))
                await call

        self.play(script)

    def test_the_other_server_serves_when_one_is_down(self) -> None:
        async def script(world: World) -> None:
            async with world.client(servers=2) as client:
                world.refusing.add(1)
                call = soon(client.health())
                peer = await world.peer()
                await peer.request()
                peer.send(ok(1, SERVING))
                await call
                self.assertEqual(world.now, 0)

        self.play(script)

    def test_a_server_that_says_nothing_keeps_a_call_for_a_quarter_second(self) -> None:
        async def script(world: World) -> None:
            async with world.client(servers=2) as client:
                call = soon(client.health())
                await world.arrival()
                peer = await world.peer()
                self.assertEqual(world.now, 0.25)
                await peer.request()
                peer.send(ok(1, SERVING))
                await call

        self.play(script)

    def test_p3_3_another_version_is_said_at_once(self) -> None:
        async def script(world: World) -> None:
            async with world.client() as client:
                call = soon(client.health())
                _, peer = await world.arrival()
                peer.send(hello(2, 3))
                error = await failure(call)
                self.assertIsInstance(error, rekey.ProtocolError)
                self.assertTrue(error.not_processed)
                self.assertIn("versions 2 to 3", str(error))
                await peer.frame()
                self.assertEqual((await peer.frame()).go_away.reason, "VERSION_UNSUPPORTED")

        self.play(script)

    def test_p7_8_too_many_connections_wait_before_they_try_again(self) -> None:
        async def script(world: World) -> None:
            async with world.client() as client:
                call = soon(client.health())
                for _ in range(3):
                    _, peer = await world.arrival()
                    peer.send(hello(), go_away(0, "TOO_MANY_CONNECTIONS"))
                peer = await world.peer()
                times = [round(time, 3) for time, _ in world.attempts]
                self.assertEqual(times, [0, 0.1, 0.3, 0.7])
                await peer.request()
                peer.send(ok(1, SERVING))
                await call

        self.play(script)


class LeavingTests(ScriptedTest):
    def test_p7_4_a_server_leaves_in_two_steps_and_no_call_is_lost(self) -> None:
        async def script(world: World) -> None:
            async with world.client(servers=2) as client:
                done, crossing = soon(client.login("C-1", "x")), soon(client.login("C-2", "x"))
                leaver = await world.peer()
                await leaver.request()
                await leaver.request()
                leaver.send(go_away(ANNOUNCED, "DRAINING"), ping(1))
                self.assertEqual(await leaver.kind(), "pong")
                fresh = soon(client.health())
                other = await world.peer()
                await other.request()
                other.send(ok(1, SERVING))
                await fresh
                leaver.send(go_away(1, "DRAINING"), ok(1))
                await done
                self.assertTrue(await leaver.at_end(), "the client closes when it has its answers")
                await other.request()
                other.send(ok(2))
                await crossing
                self.assertEqual([port for _, port in world.attempts], [1, 2])

        self.play(script)

    def test_p7_2_an_idle_connection_that_ends_is_no_failure(self) -> None:
        async def script(world: World) -> None:
            async with world.client() as client:
                for _ in range(3):
                    call = soon(client.health())
                    before = world.now
                    peer = await world.peer()
                    await peer.request()
                    self.assertEqual(world.now, before)
                    peer.send(ok(1, SERVING))
                    await call
                    await asyncio.sleep(300)
                    peer.send(go_away(1, "IDLE"))
                    self.assertTrue(await peer.at_end())
                    peer.end()

        self.play(script)

    def test_p7_6_a_dead_peer_is_found_out_and_the_call_made_elsewhere(self) -> None:
        async def script(world: World) -> None:
            async with world.client(servers=2, timeout=100) as client:
                call = soon(client.request_reset("C-1"))
                dead = await world.peer()
                await dead.request()
                self.assertEqual((await dead.kind(), world.now), ("ping", 30))
                self.assertEqual((await dead.kind(), world.now), ("cancel", 31))
                alive = await world.peer()
                await alive.request()
                alive.send(ok(1))
                await call
                self.assertEqual((await dead.frame()).go_away.reason, "PEER_SILENT")
                self.assertEqual(world.now, 45)

        self.play(script)

    def test_a_server_that_was_silent_for_a_whole_call_is_asked_before_the_next(self) -> None:
        async def script(world: World) -> None:
            async with world.client(timeout=4) as client:
                call = soon(client.login("C-1", "x"))
                peer = await world.peer()
                await peer.request()
                self.assertIsInstance(await failure(call), rekey.OutcomeUnknown)
                self.assertEqual([await peer.kind(), await peer.kind()], ["ping", "cancel"])
                call = soon(client.health())
                other = await world.peer()
                await other.request()
                other.send(ok(1, SERVING))
                await call
                self.assertEqual(world.now, 5)
                self.assertEqual((await peer.frame()).go_away.reason, "PEER_SILENT")
                self.assertEqual(world.now, 20)

        self.play(script)

    def test_a_slow_call_is_no_silence_where_other_answers_come(self) -> None:
        async def script(world: World) -> None:
            async with world.client(timeout=4) as client:
                slow = soon(client.login("C-1", "x"))
                peer = await world.peer()
                await peer.request()
                await asyncio.sleep(2)
                quick = soon(client.health())
                await peer.request()
                peer.send(ok(2, SERVING))
                await quick
                self.assertIsInstance(await failure(slow), rekey.OutcomeUnknown)
                self.assertEqual(await peer.kind(), "cancel")
                call = soon(client.health())
                await peer.request()
                peer.send(ok(3, SERVING))
                await call

        self.play(script)

    def test_p7_9_answers_are_read_whether_the_server_reads_or_not(self) -> None:
        async def script(world: World) -> None:
            async with world.client() as client:
                calls = [soon(client.login("C-1", "x" * 60_000)) for _ in range(60)]
                peer = await world.peer()
                self.assertEqual((await peer.request()).call_id, 1)
                await asyncio.sleep(1)
                peer.send(ok(1))
                await asyncio.sleep(1)
                self.assertEqual([call.done() for call in calls], [True] + [False] * 59)
                for call_id in range(2, 61):
                    self.assertEqual((await peer.request()).call_id, call_id)
                peer.send(*(ok(call_id) for call_id in range(2, 61)))
                await asyncio.gather(*calls)

        self.play(script)

    def test_p7_1_a_ping_is_answered_while_nothing_is_called(self) -> None:
        async def script(world: World) -> None:
            async with world.client() as client:
                call = soon(client.health())
                peer = await world.peer()
                await peer.request()
                peer.send(ok(1, SERVING))
                await call
                peer.send(ping(42))
                self.assertEqual((await peer.frame()).pong.token, 42)

        self.play(script)


class AccessTests(ScriptedTest):
    """What only an operator can put right is said at once, and tried again rarely."""

    def test_p10_4_r76_an_unknown_caller_is_told_at_once_and_comes_back_after_5_s(self) -> None:
        async def script(world: World) -> None:
            async with world.client() as client:
                call = soon(client.login("C-1", "x"))
                _, peer = await world.arrival()
                peer.send(hello(), go_away(0, "CALLER_UNKNOWN"))
                error = await failure(call)
                assert isinstance(error, rekey.CallerRefused)
                self.assertEqual((error.reason, error.not_processed), ("CALLER_UNKNOWN", True))
                self.assertEqual(world.now, 0)
                await asyncio.sleep(4.9)
                self.assertIsInstance(await failure(client.health()), rekey.CallerRefused)
                self.assertTrue(world.nobody_came())
                await asyncio.sleep(0.2)
                call = soon(client.health())
                peer = await world.peer()
                await peer.request()
                peer.send(ok(1, SERVING))
                self.assertIs(await call, rekey.ServingStatus.SERVING)

        self.play(script)

    def test_p10_4_r76_a_call_that_crosses_the_refusal_was_not_run(self) -> None:
        async def script(world: World) -> None:
            async with world.client() as client:
                call = soon(client.login("C-1", "x"))
                peer = await world.peer()
                await peer.request()
                peer.send(go_away(0, "CALLER_UNKNOWN"))
                error = await failure(call)
                self.assertIsInstance(error, rekey.CallerRefused)
                self.assertTrue(error.not_processed)
                self.assertTrue(world.nobody_came())

        self.play(script)

    def test_p10_4_r76_a_certificate_that_is_taken_back_ends_a_live_connection(self) -> None:
        for reason in ("CERTIFICATE_REVOKED", "CERTIFICATE_EXPIRED"):

            async def script(world: World) -> None:
                async with world.client() as client:
                    call = soon(client.request_reset("C-1"))
                    peer = await world.peer()
                    await peer.request()
                    peer.send(go_away(1, reason))
                    peer.end()
                    error = await failure(call)
                    self.assertIsInstance(error, rekey.OutcomeUnknown, "it may have been done")
                    self.assertIn(reason, str(error))
                    error = await failure(client.health())
                    assert isinstance(error, rekey.CallerRefused)
                    self.assertEqual(error.reason, reason)
                    self.assertTrue(world.nobody_came())

            with self.subTest(reason):
                self.play(script)

    def test_p10_4_the_other_server_serves_whom_one_refuses(self) -> None:
        async def script(world: World) -> None:
            async with world.client(servers=2) as client:
                call = soon(client.login("C-1", "x"))
                _, refusing = await world.arrival()
                refusing.send(hello(), go_away(0, "CALLER_UNKNOWN"))
                peer = await world.peer()
                await peer.request()
                peer.send(ok(1))
                await call
                self.assertEqual(world.now, 0)

        self.play(script)

    def test_a_renewed_certificate_is_tried_without_being_asked(self) -> None:
        async def script(world: World) -> None:
            async with world.client() as client:
                call = soon(client.health())
                _, peer = await world.arrival()
                world.files += 1
                peer.send(hello(), go_away(0, "CERTIFICATE_EXPIRED"))
                peer = await world.peer()
                self.assertEqual(world.now, 0.1)
                await peer.request()
                peer.send(ok(1, SERVING))
                await call

        self.play(script)

    def test_a_renewal_ends_the_wait_of_a_server_that_refused(self) -> None:
        async def script(world: World) -> None:
            async with world.client() as client:
                call = soon(client.health())
                _, peer = await world.arrival()
                peer.send(hello(), go_away(0, "CERTIFICATE_REVOKED"))
                self.assertIsInstance(await failure(call), rekey.CallerRefused)
                world.files += 1
                call = soon(client.health())
                peer = await world.peer()
                self.assertEqual(world.now, 0)
                await peer.request()
                peer.send(ok(1, SERVING))
                await call

        self.play(script)

    def test_r77_an_untrusted_server_is_said_at_once(self) -> None:
        async def script(world: World) -> None:
            async with world.client() as client:
                world.failing[1] = rekey.ServerUntrusted("another CA")
                error = await failure(client.health())
                self.assertIsInstance(error, rekey.ServerUntrusted)
                self.assertIn("127.0.0.1:1: another CA", str(error))
                self.assertEqual((world.now, len(world.attempts)), (0, 1))

        self.play(script)

    def test_a_server_that_is_only_away_is_waited_for_beside_one_that_refuses(self) -> None:
        async def script(world: World) -> None:
            async with world.client(servers=2, timeout=3) as client:
                world.failing[1] = rekey.ServerUntrusted("another CA")
                world.refusing.add(2)
                self.assertIsInstance(await failure(client.health()), rekey.Unavailable)
                self.assertEqual(world.now, 3)

        self.play(script)

    def test_a_file_that_went_wrong_harms_no_connection_that_is_there(self) -> None:
        async def script(world: World) -> None:
            async with world.client() as client:
                first = soon(client.health())
                peer = await world.peer(calls_max=1)
                await peer.request()
                world.failing[1] = rekey.ProfileError("others can read it")
                second = soon(client.health())
                await asyncio.sleep(1)
                peer.send(ok(1, SERVING))
                await first
                await peer.request()
                peer.send(ok(2, SERVING))
                await second

        self.play(script)

    def test_p10_5_a_forbidden_method_is_a_class_of_its_own_and_not_repeated(self) -> None:
        async def script(world: World) -> None:
            async with world.client() as client:
                call = soon(client.operator.get_account("C-1"))
                peer = await world.peer()
                await peer.request()
                peer.send(refusal(1, 7, "METHOD_FORBIDDEN"))
                error = await failure(call)
                assert isinstance(error, rekey.MethodForbidden)
                self.assertIs(error.status, rekey.Status.PERMISSION_DENIED)
                self.assertFalse(error.not_processed)

        self.play(script)

    def test_p10_9_r91_a_limited_call_is_repeated_within_its_own_time_alone(self) -> None:
        async def script(world: World) -> None:
            async with world.client(timeout=10) as client:
                call = soon(client.login("C-1", "x"))
                peer = await world.peer()
                await peer.request()
                peer.send(refusal(1, 8, "RATE_LIMITED", 6_000, not_processed=True))
                await peer.request()
                self.assertEqual(world.now, 6)
                peer.send(refusal(2, 8, "RATE_LIMITED", 6_000, not_processed=True))
                error = await failure(call)
                assert isinstance(error, rekey.RateLimited)
                self.assertEqual((error.retry_after, error.not_processed), (6, True))
                self.assertEqual(world.now, 6)

        self.play(script)


if __name__ == "__main__":
    import unittest

    unittest.main()
