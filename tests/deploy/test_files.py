"""Tests of deploy/: each file is what its reader takes, and they fit together."""

from __future__ import annotations

import fnmatch
import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.serving import ROOT

yaml = pytest.importorskip("yaml", reason="pyyaml is not installed: requirements-dev.txt has it")

DEPLOY = ROOT / "deploy"
KUBERNETES = sorted((DEPLOY / "kubernetes").glob("*.yaml"))
DOCKERFILE = (DEPLOY / "Dockerfile").read_text()
NAME = {"app.kubernetes.io/name": "mnistviz"}
PORT = 8501


@cache
def load(path: Path) -> Any:
    return yaml.safe_load(path.read_text())


def objects() -> dict[str, Any]:
    return {one["kind"]: one for one in map(load, KUBERNETES)}


def containers() -> dict[str, Any]:
    pod = objects()["Deployment"]["spec"]["template"]["spec"]
    return {one["name"]: one for one in pod["containers"]}


def environment(container: Any) -> dict[str, str]:
    return {one["name"]: one["value"] for one in container["env"]}


class TestKubernetes:
    @pytest.mark.parametrize("path", KUBERNETES, ids=lambda path: path.stem)
    def test_each_object_fits_its_schema(self, path: Path) -> None:
        # A hundred megabytes of schemas: for whoever changes these files.
        kubernetes_validate = pytest.importorskip("kubernetes_validate")
        kubernetes_validate.validate(load(path), "1.31", strict=True)

    def test_kustomize_knows_every_file(self) -> None:
        kustomization = load(DEPLOY / "kustomization.yaml")
        named = sorted(DEPLOY / name for name in kustomization["resources"])
        assert named == KUBERNETES
        (generated,) = kustomization["configMapGenerator"]
        assert all((DEPLOY / name).is_file() for name in generated["files"])
        pod = objects()["Deployment"]["spec"]["template"]["spec"]
        maps = [one["configMap"]["name"] for one in pod["volumes"] if "configMap" in one]
        assert maps == [generated["name"]]

    def test_whoever_selects_pods_finds_them(self) -> None:
        found = objects()
        deployment = found["Deployment"]["spec"]
        assert deployment["template"]["metadata"]["labels"] == NAME
        assert deployment["selector"]["matchLabels"] == NAME
        assert found["Service"]["spec"]["selector"] == NAME
        assert found["PodDisruptionBudget"]["spec"]["selector"]["matchLabels"] == NAME

    def test_the_way_from_the_ingress_to_nginx(self) -> None:
        found = objects()
        (rule,) = found["Ingress"]["spec"]["rules"]
        (path,) = rule["http"]["paths"]
        backend = path["backend"]["service"]
        assert backend["name"] == found["Service"]["metadata"]["name"]
        (port,) = found["Service"]["spec"]["ports"]
        assert backend["port"]["name"] == port["name"]
        (opened,) = containers()["nginx"]["ports"]
        assert opened["name"] == port["targetPort"]
        assert environment(containers()["nginx"])["PORT"] == str(opened["containerPort"])

    def test_the_way_from_nginx_to_the_server(self) -> None:
        (opened,) = containers()["server"]["ports"]
        assert opened["containerPort"] == PORT
        assert environment(containers()["nginx"])["SERVERS"] == f"127.0.0.1:{PORT}"

    def test_the_autoscaler_finds_what_it_measures(self) -> None:
        found = objects()
        spec = found["HorizontalPodAutoscaler"]["spec"]
        target = found["Deployment"]
        assert spec["scaleTargetRef"] == {
            "apiVersion": target["apiVersion"],
            "kind": target["kind"],
            "name": target["metadata"]["name"],
        }
        # Utilization is a share of what the container asks for.
        (metric,) = spec["metrics"]
        measured = containers()[metric["containerResource"]["container"]]
        assert "cpu" in measured["resources"]["requests"]
        assert "replicas" not in target["spec"]

    @pytest.mark.parametrize("name", ["server", "nginx"])
    def test_probes_and_volumes_are_of_the_pod(self, name: str) -> None:
        container = containers()[name]
        ports = {one["name"] for one in container["ports"]}
        probes = [probe for key, probe in container.items() if key.endswith("Probe")]
        assert probes
        assert {probe["httpGet"]["port"] for probe in probes} <= ports
        assert {probe["httpGet"]["path"] for probe in probes} == {"/_stcore/health"}
        pod = objects()["Deployment"]["spec"]["template"]["spec"]
        volumes = {one["name"] for one in pod["volumes"]}
        assert {one["name"] for one in container["volumeMounts"]} <= volumes
        assert container["securityContext"]["readOnlyRootFilesystem"]
        assert "memory" in container["resources"]["limits"]


class TestCompose:
    def test_nginx_knows_every_server(self) -> None:
        services = load(DEPLOY / "compose.yaml")["services"]
        nginx = services["nginx"]
        networks = [one["networks"] for name, one in services.items() if name != "nginx"]
        addresses = [one["inside"]["ipv4_address"] for one in networks]
        assert len(addresses) > 1
        assert nginx["environment"]["SERVERS"].split() == [f"{one}:{PORT}" for one in addresses]
        (subnet,) = load(DEPLOY / "compose.yaml")["networks"]["inside"]["ipam"]["config"]
        start = subnet["subnet"].removesuffix("0/24")
        assert all(address.startswith(start) for address in addresses)

    def test_its_port_is_the_one_that_is_published(self) -> None:
        nginx = load(DEPLOY / "compose.yaml")["services"]["nginx"]
        (published,) = nginx["ports"]
        assert published.partition(":")[2] == nginx["environment"]["PORT"]
        (mounted,) = nginx["volumes"]
        assert (DEPLOY / mounted.split(":")[0] / "render.sh").is_file()

    def test_one_image_and_one_cache(self) -> None:
        compose = load(DEPLOY / "compose.yaml")
        servers = [one for name, one in compose["services"].items() if name != "nginx"]
        assert {one["image"] for one in servers} == {"mnistviz"}
        (build,) = [one["build"] for one in servers if "build" in one]
        assert (DEPLOY / build["context"] / build["dockerfile"]).is_file()
        caches = [one["volumes"][0].split(":") for one in servers]
        assert {name for name, _ in caches} == set(compose["volumes"])
        assert len(compose["volumes"]) == 1
        (folder,) = re.findall(r"MNISTVIZ_DATA=(\S+)", DOCKERFILE)
        assert {target for _, target in caches} == {folder}

    def test_kubernetes_runs_nginx_by_the_same_command(self) -> None:
        nginx = load(DEPLOY / "compose.yaml")["services"]["nginx"]
        assert containers()["nginx"]["command"] == nginx["command"]
        assert containers()["nginx"]["image"] == nginx["image"]


class TestImage:
    def test_what_it_copies_is_there_and_not_ignored(self) -> None:
        lines = (ROOT / ".dockerignore").read_text().splitlines()
        kept = [line[1:] for line in lines if line.startswith("!")]
        sources = [
            source
            for line in re.findall(r"(?m)^COPY (?!--from)(.+)$", DOCKERFILE)
            for source in line.split()[:-1]
        ]
        assert len(sources) == 10
        for source in sources:
            assert (ROOT / source).exists()
            assert any(fnmatch.fnmatch(source, one) or one.startswith(f"{source}/") for one in kept)

    def test_it_installs_what_the_cloud_does(self) -> None:
        (named,) = re.findall(r"(?m)^ARG REQUIREMENTS=(.+)$", DOCKERFILE)
        assert named == "deploy/cloud/requirements.txt"
        assert f"COPY {named} " in DOCKERFILE

    def test_one_port(self) -> None:
        assert re.findall(r"EXPOSE (\d+)", DOCKERFILE) == [str(PORT)]
        assert re.findall(r"--port=(\d+)", DOCKERFILE) == [str(PORT)]
        assert re.findall(r"127\.0\.0\.1:(\d+)/_stcore/health", DOCKERFILE) == [str(PORT)]

    def test_it_does_not_run_as_root(self) -> None:
        (user,) = re.findall(r"(?m)^USER (\d+):(\d+)$", DOCKERFILE)
        assert f"--uid {user[0]} " in DOCKERFILE
        pod = objects()["Deployment"]["spec"]["template"]["spec"]
        assert pod["securityContext"]["fsGroup"] == int(user[1])


def test_nginx_lets_through_what_the_server_takes() -> None:
    config = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text())
    template = (DEPLOY / "nginx" / "site.conf.template").read_text()
    megabytes = re.findall(r"client_max_body_size (\d+)m;", template)
    assert megabytes == [str(config["server"]["maxUploadSize"] + 1)]
