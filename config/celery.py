"""The task queue: a tick and a pair of hands. What is due stands in the database, never here.

Start it with ``celery -A config.celery worker`` and ``celery -A config.celery beat``.
"""

import os

import celery
from celery.schedules import crontab
from celery.signals import beat_init, worker_init

from recordsets import asking

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")


def settings(broker: str) -> dict[str, object]:
    """Celery's settings for one broker address; each is there because its default loses or doubles work."""
    return {
        "broker_url": broker or "memory://",
        "broker_connection_retry_on_startup": True,
        "broker_connection_max_retries": None,  # a worker waits for its broker for as long as it takes
        "broker_transport_options": {
            "visibility_timeout": 15 * 60,  # seconds after which an unfinished task is handed out again
            "socket_keepalive": True,
            # A page must not wait for a broker that is away: one try, two seconds.
            "socket_connect_timeout": 2,
            "socket_timeout": 5,  # longer than a worker's own wait for the next task, which is one second
            "max_retries": 0,
        },
        # A task is done when it is done, not when it is fetched: a killed worker's task runs again.
        "task_acks_late": True,
        "task_reject_on_worker_lost": True,
        "worker_prefetch_multiplier": 1,
        "worker_cancel_long_running_tasks_on_connection_loss": True,
        # Nobody reads results; rows in the database say what happened.
        "task_ignore_result": True,
        "task_store_errors_even_if_ignored": False,
        # Seconds. Far below the visibility timeout, so that no running task is handed out a second time.
        "task_soft_time_limit": 4 * 60,
        "task_time_limit": 5 * 60,
        "worker_hijack_root_logger": False,
        "timezone": "UTC",
        "beat_scheduler": "config.signs_of_life:NotedScheduler",
        "beat_schedule": {
            "workflows.tick": {
                "task": "referrals.tasks.fire_due_deadlines",
                "schedule": 20.0,
                "options": {"expires": 20},
            },
            "notifications.relay": {
                "task": "referrals.tasks.deliver_messages",
                "schedule": 15.0,
                "options": {"expires": 15},
            },
            "referrals.files": {
                "task": "referrals.tasks.check_files",
                "schedule": 15.0,
                "options": {"expires": 15},
            },
            "referrals.reads": {
                "task": "referrals.tasks.follow_reads",
                "schedule": 20.0,
                "options": {"expires": 20},
            },
            "referrals.dispositions": {
                "task": "referrals.tasks.carry_out_dispositions",
                "schedule": 60.0,
                "options": {"expires": 60},
            },
            "referrals.retention": {
                "task": "referrals.tasks.find_due_records_nightly",
                "schedule": crontab(hour=7, minute=5),
            },
            "workflows.sign_heads": {
                "task": "referrals.tasks.sign_heads_nightly",
                "schedule": crontab(hour=7, minute=15),
            },
            "workflows.verify": {
                "task": "referrals.tasks.verify_history_nightly",
                "schedule": crontab(hour=7, minute=30),
            },
            "workflows.stuck": {
                "task": "referrals.tasks.find_stuck_nightly",
                "schedule": crontab(hour=7, minute=45),
            },
            "referrals.access": {
                "task": "referrals.tasks.look_after_access_nightly",
                "schedule": crontab(hour=6, minute=30),
            },
            "workflows.replay": {
                "task": "referrals.tasks.replay_history_nightly",
                "schedule": crontab(hour=7, minute=50),
            },
        },
    }


app = celery.Celery("config")
app.config_from_object(settings(os.environ.get("REDIS_URL", "")))
app.steps["consumer"].add("config.signs_of_life:NotedWorker")  # by name: web processes need it not
app.autodiscover_tasks(["referrals"])


@worker_init.connect
@beat_init.connect
def ask_for_the_system(**_about: object) -> None:
    """Workers fire what is due for everybody; before they fork, so that each of the pool knows."""
    asking.at_rest(asking.THE_DOOR)
