"""What the doctor says of storage."""

from __future__ import annotations

from pathlib import Path

from tests.conftest import Cloud, Place

from .test_doctor import findings


def test_the_doctor_tells_whether_a_bucket_can_be_used(place: Place, cloud: Cloud) -> None:
    emulator = {"STORAGE_EMULATOR_HOST": cloud.address, "GOOGLE_CLOUD_PROJECT": "mine"}
    found = findings(place, GCS_BUCKET=f"{cloud.bucket}/some/where", **emulator)
    assert found["Storage"]["state"] == "ok", found["Storage"]
    assert found["Storage"]["text"] == f"gs://{cloud.bucket}/some/where"
    found = findings(place, GCS_BUCKET="not-there", **emulator)
    assert found["Storage"]["state"] == "missing"
    assert found["Storage"]["cure"].endswith("gcloud storage buckets create gs://not-there --project=mine")
    assert not place.data_dir.exists()


def test_a_bucket_needs_a_possible_name_and_a_key_that_is_one(place: Place, tmp_path: Path) -> None:
    done = place.call("doctor", GCS_BUCKET="gs://Sales/../x")
    assert done.returncode == 2
    assert "GCS_BUCKET cannot be used: 'gs://Sales/../x' is no name of a bucket" in done.stderr
    (tmp_path / "key.json").write_text('{"private_key": "very secret"}')
    found = findings(place, GCS_BUCKET="some-bucket", GOOGLE_APPLICATION_CREDENTIALS=str(tmp_path / "key.json"))
    assert "is no key of a service account" in found["Storage"]["cure"]
    assert "very secret" not in str(found)
    assert found["Project"]["state"] == "note"
