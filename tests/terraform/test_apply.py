"""Both examples are really applied, looked at, changed and destroyed, by the real provider against an emulated AWS.

The tests of one example run in order, on one stack, in one process: each takes what the one before it left.
"""

import json
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any, ClassVar

import pytest

from tests.terraform.stack import Aws, deploy, emulated_aws, example

# Else the provider sleeps for half a minute, whatever the state of the distribution.
DEPLOYED = """
resource "aws_cloudfront_distribution" "this" {
  wait_for_deployment = false
}
"""


@pytest.fixture(scope="class")
def applied(request, tmp_path_factory) -> Iterator[SimpleNamespace]:
    with emulated_aws() as aws:
        folder = tmp_path_factory.mktemp(request.cls.example)
        stack = example(request.cls.example, folder, aws, **request.cls.variables)
        (folder / "terraform/modules/cdn/emulated_override.tf").write_text(DEPLOYED)
        before = resources(aws)
        stack.run("apply", "-input=false", "-auto-approve")
        yield SimpleNamespace(stack=stack, aws=aws, before=before)


class Applied:
    """What is true of either example."""

    example: str
    name: str
    zones: int
    variables: ClassVar[dict[str, Any]] = {}

    def look_further(self, aws):
        """What is true of this example alone."""
        raise NotImplementedError

    def update(self, applied, address):  # noqa: ARG002
        """Carry out the plan for the image 0.2.0."""
        applied.stack.run("apply", "-input=false", "plan")

    def test_a_second_plan_finds_no_drift(self, applied):
        assert applied.stack.run("plan", "-input=false", "-detailed-exitcode", check=False).returncode == 0

    def test_the_outputs_say_where_it_answers_and_how_to_push_an_image(self, applied):
        repository = only(applied.aws.client("ecr").describe_repositories()["repositories"])["repositoryUri"]
        urls = {"minimal": f"http://{balancer(applied.aws)['DNSName']}", "production": "https://orbits.example.org"}
        assert applied.stack.outputs["url"] == urls[self.example]
        login, build, push = applied.stack.outputs["push_commands"].splitlines()
        assert login.endswith(f"docker login --username AWS --password-stdin {repository.split('/')[0]}")
        platform = {"minimal": "amd64", "production": "arm64"}[self.example]
        assert build == f"docker build --platform linux/{platform} --tag {repository}:0.1.0 ."
        assert push == f"docker push {repository}:0.1.0"

    def test_a_request_finds_its_way_from_the_listener_to_the_container(self, applied):
        elb, ecs = applied.aws.client("elbv2"), applied.aws.client("ecs")
        group = only(elb.describe_target_groups()["TargetGroups"])
        arn = balancer(applied.aws)["LoadBalancerArn"]
        listeners = {each["Port"]: each for each in elb.describe_listeners(LoadBalancerArn=arn)["Listeners"]}
        serving = listeners[{"minimal": 80, "production": 443}[self.example]]
        assert only(serving["DefaultActions"])["TargetGroupArn"] == group["TargetGroupArn"]
        if self.example == "production":
            assert list(listeners) == [443]  # CloudFront comes by HTTPS, and nobody else may come
            assert serving["SslPolicy"] == "ELBSecurityPolicy-TLS13-1-2-2021-06"
            assert only(serving["Certificates"])["CertificateArn"].startswith("arn:aws:acm:eu-central-1:")
        assert (group["HealthCheckPath"], group["Matcher"]["HttpCode"]) == ("/health/ready", "200")
        assert (group["TargetType"], group["Protocol"]) == ("ip", "HTTP")
        running = service(applied.aws, self.name)
        target = only(running["loadBalancers"])
        assert target["targetGroupArn"] == group["TargetGroupArn"]
        task = ecs.describe_task_definition(taskDefinition=running["taskDefinition"])["taskDefinition"]
        container = only(task["containerDefinitions"])
        assert (target["containerName"], target["containerPort"]) == (container["name"], 8000)
        assert [mapping["containerPort"] for mapping in container["portMappings"]] == [8000]
        assert {"name": "PORT", "value": "8000"} in container["environment"]

    def test_metrics_end_at_the_load_balancer(self, applied):
        elb = applied.aws.client("elbv2")
        arn = balancer(applied.aws)["LoadBalancerArn"]
        for listener in elb.describe_listeners(LoadBalancerArn=arn)["Listeners"]:
            first = elb.describe_rules(ListenerArn=listener["ListenerArn"])["Rules"][0]
            assert set(only(first["Conditions"])["PathPatternConfig"]["Values"]) == {"/metrics", "/metrics/*"}
            assert only(first["Actions"])["FixedResponseConfig"]["StatusCode"] == "404"

    def test_security_groups_open_what_flows_and_nothing_else(self, applied):
        ec2 = applied.aws.client("ec2")
        groups = {
            group["GroupId"]: group["GroupName"].removeprefix(f"{self.name}-")
            for group in ec2.describe_security_groups()["SecurityGroups"]
        }
        vpc = only([v for v in ec2.describe_vpcs()["Vpcs"] if not v["IsDefault"]])["VpcId"]
        ours = {g["GroupId"] for g in ec2.describe_security_groups()["SecurityGroups"] if g.get("VpcId") == vpc}
        lists = {p["PrefixListId"]: p["PrefixListName"] for p in ec2.describe_managed_prefix_lists()["PrefixLists"]}
        private = {
            s["CidrBlock"] for s in ec2.describe_subnets()["Subnets"] if s["VpcId"] == vpc and "private" in tag(s)
        }

        def other_end(rule):
            if "ReferencedGroupInfo" in rule:
                return groups[rule["ReferencedGroupInfo"]["GroupId"]]
            if "PrefixListId" in rule:
                return lists[rule["PrefixListId"]].removeprefix("com.amazonaws.")
            return "a private subnet" if rule["CidrIpv4"] in private else rule["CidrIpv4"]

        flows = {
            (groups[rule["GroupId"]], "to" if rule["IsEgress"] else "from", other_end(rule), rule["FromPort"])
            for rule in ec2.describe_security_group_rules()["SecurityGroupRules"]
            if rule["GroupId"] in ours
        }
        inside = {("alb", "to", "service", 8000), ("service", "from", "alb", 8000)}
        assert (
            flows
            == inside
            | {
                "minimal": {("alb", "from", "0.0.0.0/0", 80), ("service", "to", "0.0.0.0/0", 443)},
                "production": {
                    ("alb", "from", "global.cloudfront.origin-facing", 443),
                    ("service", "to", "endpoints", 443),
                    ("service", "to", "eu-central-1.s3", 443),
                    ("endpoints", "from", "a private subnet", 443),
                },
            }[self.example]
        )
        attached = service(applied.aws, self.name)["networkConfiguration"]["awsvpcConfiguration"]
        assert [groups[group] for group in attached["securityGroups"]] == ["service"]
        assert attached["assignPublicIp"] == "DISABLED"
        assert [groups[group] for group in balancer(applied.aws)["SecurityGroups"]] == ["alb"]

    def test_the_load_balancer_is_in_public_subnets_and_the_tasks_in_private_ones_of_as_many_zones(self, applied):
        ec2 = applied.aws.client("ec2")
        subnets = {subnet["SubnetId"]: subnet for subnet in ec2.describe_subnets()["Subnets"]}
        ways_out = {
            association["SubnetId"]: {
                kind.removesuffix("Id")
                for route in table["Routes"]
                for kind in ("GatewayId", "NatGatewayId")
                if route.get("DestinationCidrBlock") == "0.0.0.0/0" and kind in route
            }
            for table in ec2.describe_route_tables()["RouteTables"]
            for association in table["Associations"]
            if "SubnetId" in association
        }
        public = {zone["SubnetId"] for zone in balancer(applied.aws)["AvailabilityZones"]}
        private = set(service(applied.aws, self.name)["networkConfiguration"]["awsvpcConfiguration"]["subnets"])
        for ids in (public, private):
            assert len({subnets[each]["AvailabilityZone"] for each in ids}) == len(ids) == self.zones
        assert all(ways_out[each] == {"Gateway"} for each in public)
        assert all(ways_out[each] == {"minimal": {"NatGateway"}, "production": set()}[self.example] for each in private)

    def test_a_task_is_confined_and_its_stop_leaves_time_for_the_drain(self, applied):
        task = applied.aws.client("ecs").describe_task_definition(taskDefinition=self.name)["taskDefinition"]
        container = only(task["containerDefinitions"])
        assert container["readonlyRootFilesystem"]
        assert container["user"] == "10001:10001"
        assert container["linuxParameters"]["capabilities"]["drop"] == ["ALL"]
        assert container["healthCheck"]["command"] == ["CMD", "python", "-m", "attractor", "health"]
        drain = {variable["name"]: variable["value"] for variable in container["environment"]}[
            "ATTRACTOR_DRAIN_SECONDS"
        ]
        assert container["stopTimeout"] > int(drain)
        architecture = {"minimal": "X86_64", "production": "ARM64"}[self.example]
        assert task["runtimePlatform"]["cpuArchitecture"] == architecture

    def test_a_failed_deployment_rolls_back_and_tasks_follow_the_load(self, applied):
        running = service(applied.aws, self.name)
        assert running["deploymentConfiguration"]["deploymentCircuitBreaker"] == {"enable": True, "rollback": True}
        assert running["desiredCount"] == self.zones
        scaling = applied.aws.client("application-autoscaling")
        policies = scaling.describe_scaling_policies(ServiceNamespace="ecs")["ScalingPolicies"]
        tracked = {
            policy["TargetTrackingScalingPolicyConfiguration"]["PredefinedMetricSpecification"]["PredefinedMetricType"]
            for policy in policies
        }
        assert tracked == {"ECSServiceAverageCPUUtilization", "ALBRequestCountPerTarget"}

    def test_every_role_of_the_service_names_what_it_may_touch(self, applied):
        iam = applied.aws.client("iam")
        nameless = {"ecr:GetAuthorizationToken", "ecs:DescribeTaskDefinition"}  # calls that know no resource
        names = {role["RoleName"] for role in iam.list_roles()["Roles"]} - applied.before["roles"]
        expected = {"execution", "task", "flow"} | ({"publisher"} if self.example == "production" else set())
        assert names == {f"{self.name}-{role}" for role in expected}
        for name in names:
            for policy in iam.list_role_policies(RoleName=name)["PolicyNames"]:
                for statement in iam.get_role_policy(RoleName=name, PolicyName=policy)["PolicyDocument"]["Statement"]:
                    actions = statement["Action"] if isinstance(statement["Action"], list) else [statement["Action"]]
                    assert not any("*" in action for action in actions)
                    assert statement["Resource"] != "*" or set(actions) <= nameless
        assert iam.list_role_policies(RoleName=f"{self.name}-task")["PolicyNames"] == []

    def test_it_has_what_it_alone_asks_for(self, applied):
        self.look_further(applied.aws)

    def test_a_new_image_changes_the_task_definition_and_the_service_alone(self, applied, address):
        changes = applied.stack.changes("-var", "image_tag=0.2.0")
        module = "module.attractor.module.service.aws_ecs_"
        assert changes == {
            f"{module}task_definition.this": ["create", "delete"],  # the old one stays until the new one runs
            f"{module}service.this": ["update"],
        }
        self.update(applied, address)
        running = service(applied.aws, self.name)["taskDefinition"]
        task = applied.aws.client("ecs").describe_task_definition(taskDefinition=running)["taskDefinition"]
        assert only(task["containerDefinitions"])["image"].endswith(":0.2.0")

    def test_destroy_leaves_nothing(self, applied):
        applied.stack.run("destroy", "-input=false", "-auto-approve")
        assert json.loads((applied.stack.folder / "terraform.tfstate").read_text())["resources"] == []
        assert resources(applied.aws) == applied.before


class TestMinimal(Applied):
    example, name, zones = "minimal", "attractor-minimal", 2

    def look_further(self, aws):
        found = resources(aws)
        assert not any(found[kind] for kind in ("firewalls", "distributions", "certificates", "providers"))

    def update(self, applied, address):
        """As `make deploy` does, with a real service to be asked in the end."""
        manifest = json.dumps({"mediaType": "application/vnd.docker.distribution.manifest.v2+json"})
        applied.aws.client("ecr").put_image(repositoryName=self.name, imageManifest=manifest, imageTag="0.2.0")
        deployed = deploy(applied.stack, "--tag", "0.2.0", "--no-build", "--yes", "--url", address)
        assert deployed.returncode == 0, deployed.stderr
        assert f"It answers: {address}/calculation?x0=1" in deployed.stdout


class TestProduction(Applied):
    example, name, zones = "production", "attractor", 3
    variables: ClassVar = {"deletion_protection": False}  # or it could not be destroyed

    def look_further(self, aws):
        cloudfront, waf = aws.client("cloudfront", "us-east-1"), aws.client("wafv2")
        distribution = only(cloudfront.list_distributions()["DistributionList"]["Items"])
        assert only(distribution["Aliases"]["Items"]) == "orbits.example.org"
        assert only(distribution["Origins"]["Items"])["DomainName"] == balancer(aws)["DNSName"]
        cached_by = cloudfront.get_cache_policy(Id=distribution["DefaultCacheBehavior"]["CachePolicyId"])
        keys = cached_by["CachePolicy"]["CachePolicyConfig"]["ParametersInCacheKeyAndForwardedToOrigin"]
        assert keys["QueryStringsConfig"]["QueryStringBehavior"] == "all"
        assert set(keys["HeadersConfig"]["Headers"]["Items"]) == {"Accept", "Host"}
        acl = waf.get_web_acl_for_resource(ResourceArn=balancer(aws)["LoadBalancerArn"])["WebACL"]
        rate, *managed = sorted(acl["Rules"], key=lambda rule: rule["Priority"])
        assert rate["Statement"]["RateBasedStatement"]["AggregateKeyType"] == "FORWARDED_IP"
        assert len(managed) == 3
        assert all(rule["Statement"]["ManagedRuleGroupStatement"]["VendorName"] == "AWS" for rule in managed)
        alarms = aws.client("cloudwatch").describe_alarms(AlarmNamePrefix=self.name)["MetricAlarms"]
        assert all(only(alarm["AlarmActions"]).endswith(":operators") for alarm in alarms)
        watched = {alarm["AlarmName"].removeprefix("attractor-") for alarm in alarms}
        assert watched >= {"errors", "unanswered", "latency", "unhealthy", "cpu", "memory"}
        trust = aws.client("iam").get_role(RoleName="attractor-publisher")["Role"]["AssumeRolePolicyDocument"]
        subject = only(trust["Statement"])["Condition"]["StringEquals"]["token.actions.githubusercontent.com:sub"]
        assert subject == "repo:example/attractor:ref:refs/heads/main"


def only(items: list[Any]) -> Any:
    """The one item that there is."""
    (item,) = items
    return item


def balancer(aws: Aws) -> dict[str, Any]:
    return only(aws.client("elbv2").describe_load_balancers()["LoadBalancers"])


def service(aws: Aws, name: str) -> dict[str, Any]:
    return only(aws.client("ecs").describe_services(cluster=name, services=[name])["services"])


def tag(resource: dict[str, Any], key: str = "Name") -> str:
    return next((tag["Value"] for tag in resource.get("Tags", []) if tag["Key"] == key), "")


def resources(aws: Aws) -> dict[str, set[str]]:
    """What costs money or gets in the way of the next stack, by kind."""
    ec2, elb, ecs, iam = (aws.client(service) for service in ("ec2", "elbv2", "ecs", "iam"))
    gone = ("deleted", "deleting", "released")
    return {
        "vpcs": {vpc["VpcId"] for vpc in ec2.describe_vpcs()["Vpcs"]},
        "nat": {g["NatGatewayId"] for g in ec2.describe_nat_gateways()["NatGateways"] if g["State"] not in gone},
        "addresses": {address["AllocationId"] for address in ec2.describe_addresses()["Addresses"]},
        "endpoints": {
            e["VpcEndpointId"] for e in ec2.describe_vpc_endpoints()["VpcEndpoints"] if e["State"] not in gone
        },
        "groups": {group["GroupId"] for group in ec2.describe_security_groups()["SecurityGroups"]},
        "balancers": {balancer["LoadBalancerArn"] for balancer in elb.describe_load_balancers()["LoadBalancers"]},
        "targets": {group["TargetGroupArn"] for group in elb.describe_target_groups()["TargetGroups"]},
        "clusters": {
            cluster["clusterArn"]
            for cluster in ecs.describe_clusters(clusters=ecs.list_clusters()["clusterArns"])["clusters"]
            if cluster["status"] == "ACTIVE"
        },
        "tasks": set(ecs.list_task_definitions(status="ACTIVE")["taskDefinitionArns"]),
        "repositories": {r["repositoryArn"] for r in aws.client("ecr").describe_repositories()["repositories"]},
        "roles": {role["RoleName"] for role in iam.list_roles()["Roles"]},
        "providers": {p["Arn"] for p in iam.list_open_id_connect_providers()["OpenIDConnectProviderList"]},
        "logs": {group["logGroupName"] for group in aws.client("logs").describe_log_groups()["logGroups"]},
        "buckets": {bucket["Name"] for bucket in aws.client("s3").list_buckets()["Buckets"]},
        "alarms": {alarm["AlarmName"] for alarm in aws.client("cloudwatch").describe_alarms()["MetricAlarms"]},
        "dashboards": {d["DashboardName"] for d in aws.client("cloudwatch").list_dashboards()["DashboardEntries"]},
        "firewalls": {acl["ARN"] for acl in aws.client("wafv2").list_web_acls(Scope="REGIONAL")["WebACLs"]},
        "distributions": {
            d["Id"]
            for d in aws.client("cloudfront", "us-east-1").list_distributions()["DistributionList"].get("Items", [])
        },
        "certificates": {c["CertificateArn"] for c in aws.client("acm").list_certificates()["CertificateSummaryList"]},
        "keys": {
            key["KeyId"]
            for key in aws.client("kms").list_keys()["Keys"]
            if not aws.client("kms").describe_key(KeyId=key["KeyId"])["KeyMetadata"].get("DeletionDate")
        },
    }
