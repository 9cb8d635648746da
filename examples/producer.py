"""A crime reported to the police, sent to the tracker: `python examples/producer.py localhost:9092`. Needs aiokafka."""

import asyncio
import json
import sys

from aiokafka import AIOKafkaProducer

RECORD = {"reference": "01/7654321/24", "victim": "V-2001", "reported": "2024-11-04T09:12:00+00:00", "offence": "rape"}


async def main(kafka: str) -> None:
    event = {
        "specversion": "1.0",
        "id": f"report-{RECORD['reference']}-{RECORD['victim']}",  # from the record: sent again, it is the same event
        "source": "/police/met",
        "type": "police.crime-reported.v1",
        "time": RECORD["reported"],
        "data": {
            "crime_reference": RECORD["reference"],
            "victim_reference": RECORD["victim"],
            "offence_group": RECORD["offence"],
        },
    }
    structured = [("content-type", b"application/cloudevents+json")]
    async with AIOKafkaProducer(bootstrap_servers=kafka, enable_idempotence=True) as producer:
        await producer.send_and_wait("police.events.v1", json.dumps(event).encode(), headers=structured)


asyncio.run(main(sys.argv[1]))
