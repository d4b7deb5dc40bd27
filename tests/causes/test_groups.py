"""Equal failures share a group; others do not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfn_digest.causes.template import mask, without_lists
from tests.causes.make import child, job, named, raised, task

ONE, TWO = "8b1f7c1e-3b0a-4a3c-9a55-1f0c2f7d9a10", "07a0cc2b-19a1-4df4-b1f1-6bb0b9c5d7a2"


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (f"Order {ONE} failed", f"Order {TWO} failed"),
        ("Row 17 of s3://b/2024/05/01/a.csv", "Row 9211 of s3://b/2023/11/30/b.csv"),
        ("at 2024-05-01T10:11:12Z it broke", "at 2025-12-31T23:59:59Z it broke"),
        ("no arn:aws:s3:::one/a here", "no arn:aws:s3:::two/b here"),
        ("took 3.02 seconds", "took 15.7 seconds"),
        ("File /var/task/a.py is bad", "File /var/lang/b.py is bad"),
        ("host ip-10-0-0-17.ec2.internal down", "host ip-10-0-3-2.ec2.internal down"),
        ("Order 'ab12cd34' failed", "Order '0e9f7a61' failed"),
        ("Orders o17, o18 and o19 failed", "Orders o4 failed"),
        ("注文12、13、14が失敗しました", "注文907が失敗しました"),
        ("订单12345处理失败", "订单67处理失败"),
        ("Order ORD-1001 is held", "Order ORD-2002 is held"),
        ("Orders ORD-1001, ORD-1002 & ORD-1003 are held", "Orders ORD-7 are held"),
        ("Orders O-1234567 / O-7654321 are held", "Orders O-1111111 are held"),
        ("Room B12 is taken", "Room B40 is taken"),
        ("Invalid SKUs: AB-123, AB-456", "Invalid SKUs: AB-9"),
        ("Address 10.0.0.1 is barred", "Address 192.168.113.144 is barred"),
        ("Address 10.0.0.0/8 is barred", "Address 192.168.113.144/32 is barred"),
        ("IP 10.0.0.1は許可外です", "IP 192.168.113.144は許可外です"),
        ("処理ID:abc123で失敗しました", "処理ID:def456で失敗しました"),
        ("Run id:0af3bc is late", "Run id:9e41dd is late"),
        ("Order order-99999 is late", "Order order-100000 is late"),
    ],
)
def test_what_differs_from_run_to_run_does_not_split(first: str, second: str) -> None:
    groups = {named("E", raised("E", text), "lambda").group for text in (first, second)}
    assert len(groups) == 1


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Column 'id' is missing", "Column 'name' is missing"),
        ("ORA-00942: no table", "ORA-01017: no table"),
        ("answered with status code 500", "answered with status code 503"),
        ("exit code 1", "exit code 3"),
        ("Orders failed", "Invoices failed"),
        ("Column 'address_line_1' is missing", "Column 'address_line_2' is missing"),
        ("注文123の在庫が不足しています", "顧客123の住所が不足しています"),
        ("订单12345处理失败。库存不足", "订单12345处理失败。余额不足"),
        ("テーブル「売上_1」がありません", "テーブル「売上_2」がありません"),
        ('Field "q1" is missing', 'Field "q2" is missing'),
        ("Column `v1` is missing", "Column `v2` is missing"),
        ("Sheet \u201cPart_1\u201d is missing", "Sheet \u201cPart_2\u201d is missing"),
        ("列\u201c数量1\u201d缺失", "列\u201c数量2\u201d缺失"),
        ("It failed with error E1001", "It failed with error E1002"),
        ("connect: ORA-12541 no listener", "connect: ORA-12154 no listener"),
        ("Failed with errors: E1001", "Failed with errors: E1002"),
        ("Answered code:E1001", "Answered code:E1002"),
    ],
)
def test_what_names_another_fault_splits(first: str, second: str) -> None:
    groups = {named("E", raised("E", text), "lambda").group for text in (first, second)}
    assert len(groups) == 2


def test_containers_exit_codes_and_stop_reasons_tell_groups_apart() -> None:
    text = "Essential container in task exited"
    causes = [task(text, exit_code=1), task(text, exit_code=2), task("AGENT", "TaskFailedToStart")]
    causes += [job(text, exit_code=1), job("Host EC2 (instance i-0a1b2c3d) terminated.")]
    groups = {named("States.TaskFailed", cause).group for cause in causes}
    assert len(groups) == len(causes)


@pytest.mark.parametrize("count", [2, 20, 400, 1_400])
def test_a_list_of_ids_of_any_length_is_one_failure(count: int) -> None:
    text = "Instances [{}] not in a valid state for the account"
    groups = {
        named("E", raised("E", text.format(", ".join(ids))), "lambda").group
        for ids in ([f"i-0{7 * n:016x}" for n in range(number)] for number in (1, count))
    }
    assert len(groups) == 1


@given(st.text(max_size=300))
def test_a_text_without_its_lists_has_the_same_mask(text: str) -> None:
    assert mask(without_lists(text)) == mask(text)


def test_the_host_of_a_job_does_not_split() -> None:
    text = "Host EC2 (instance {}) terminated."
    causes = [job(text.format(host)) for host in ("i-0282b396e52b4c95d", "i-07f1e2d3c4b5a6978")]
    assert len({named("States.TaskFailed", cause).group for cause in causes}) == 1


def test_a_group_is_versioned_and_the_same_from_run_to_run() -> None:
    group = named("KeyError", raised("KeyError", "'id'"), "lambda", "LambdaFunctionFailed").group
    assert group == "2:lambda:code_error:16a218e62415ae03"


def test_a_child_and_the_failure_it_hands_on_say_the_same() -> None:
    cause = raised("KeyError", "'id'")
    alone = named("KeyError", cause, "lambda")
    handed_on = named("States.TaskFailed", child("KeyError", cause), "nested-sfn")
    assert (alone.cause, alone.error, alone.message) == (
        handed_on.cause,
        handed_on.error,
        handed_on.message,
    )
