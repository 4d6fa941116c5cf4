"""What the carrier's words for a call say of a leg."""

from __future__ import annotations

from ivr.core.queueing.leg_events import LegNews
from ivr.core.queueing.legs import LegOutcome, LegState

NEWS = {
    "ringing": LegNews(LegState.RINGING),
    "in-progress": LegNews(LegState.ANSWERED),
    "completed": LegNews(LegState.OVER, LegOutcome.COMPLETED),
    "busy": LegNews(LegState.OVER, LegOutcome.BUSY),
    "no-answer": LegNews(LegState.OVER, LegOutcome.NO_ANSWER),
    "failed": LegNews(LegState.OVER, LegOutcome.FAILED),
    "canceled": LegNews(LegState.OVER, LegOutcome.CANCELLED),
}
OVER = frozenset(status for status, news in NEWS.items() if news.state is LegState.OVER)
