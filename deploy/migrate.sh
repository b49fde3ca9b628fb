#!/bin/sh
# Both schemas at their head: Airflow's with that of its users (FAB), and the news. The chart's migration job runs it.
set -eu
airflow db migrate
newsflow migrate
