from pellucid.edge import MOST_TRIES, SECONDS_OF_PAUSE, Attempts


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_login_waits_after_some_tries_and_others_do_not() -> None:
    clock = Clock()
    attempts = Attempts(clock)

    tried = [attempts.may_try("anna") for _ in range(MOST_TRIES + 2)]

    assert tried == [True] * MOST_TRIES + [False] * 2
    assert attempts.may_try("ben")
    clock.now += SECONDS_OF_PAUSE
    assert attempts.may_try("anna")


def test_tries_in_vain_do_not_make_the_pause_longer() -> None:
    clock = Clock()
    attempts = Attempts(clock)
    for _ in range(MOST_TRIES):
        attempts.may_try("anna")

    clock.now += SECONDS_OF_PAUSE - 1
    assert not attempts.may_try("anna")
    clock.now += 1

    assert attempts.may_try("anna")


def test_the_right_password_forgets_the_wrong_ones() -> None:
    attempts = Attempts(Clock())
    for _ in range(MOST_TRIES):
        attempts.may_try("anna")

    attempts.succeeded("anna")

    assert attempts.may_try("anna")


def test_made_up_logins_do_not_fill_the_memory() -> None:
    attempts = Attempts(Clock())

    for number in range(10_100):
        attempts.may_try(str(number))

    assert len(attempts._tries) == 10_000
