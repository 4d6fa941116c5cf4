import pytest

from ivr.simulator.carrier.errors import DocumentFailed
from ivr.simulator.carrier.overrides import Failure, policy_of
from ivr.simulator.carrier.settings import Timeouts

pytestmark = pytest.mark.unit


def test_defaults_are_one_retry_for_connection_failure() -> None:
    policy = policy_of("https://h/v", Timeouts())
    assert (policy.connect_secs, policy.read_secs, policy.total_secs, policy.retries) == (5.0, 15.0, 15.0, 1)
    assert policy.retry_on == {Failure.CONNECT}


def test_fragment_sets_every_limit() -> None:
    policy = policy_of("https://h/v#rc=2&rp=5xx,ct,rt&ct=2000&rt=4000&tt=12000", Timeouts())
    assert (policy.connect_secs, policy.read_secs, policy.total_secs, policy.retries) == (2.0, 4.0, 12.0, 2)
    assert policy.retry_on == {Failure.SERVER_ERROR, Failure.CONNECT, Failure.READ}


def test_all_means_every_failure() -> None:
    assert policy_of("https://h/v#rp=all", Timeouts()).retry_on == frozenset(Failure)


def test_fragment_of_another_kind_is_ignored() -> None:
    assert policy_of("https://h/v#section", Timeouts()).retries == 1


@pytest.mark.parametrize("fragment", ["rc=6", "rc=x", "ct=50", "rt=16000", "tt=0", "rp=6xx", "rp="])
def test_values_out_of_range_are_11243(fragment: str) -> None:
    with pytest.raises(DocumentFailed) as caught:
        policy_of(f"https://h/v#{fragment}", Timeouts())
    assert caught.value.code == 11243
