"""All variables files are really applied, looked at, changed and destroyed, by the real provider on an emulated AWS.

The tests of one file run in order, on one stack, in one process: each takes what the one before it left.
"""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, ClassVar

import pytest

from tests.conftest import ROOT
from tests.terraform.stack import REPOSITORY, SWEEPS, Aws, deploy, emulated_aws, of_revision, push, stack


@pytest.fixture(scope="class")
def applied(request, tmp_path_factory) -> Iterator[SimpleNamespace]:
    with emulated_aws() as aws:
        made = stack(request.cls.file, tmp_path_factory.mktemp(request.cls.file), aws, **request.cls.variables)
        before = resources(aws)
        made.run("apply", "-input=false", "-auto-approve")
        yield SimpleNamespace(stack=made, aws=aws, before=before)


class Applied:
    """What is true with each file."""

    file: str
    name: str
    cluster: str
    tasks: int
    variables: ClassVar[dict[str, Any]] = {}

    @property
    def is_production(self):
        return self.file == "production"

    def test_the_first_service_of_an_account_waits_for_the_role_that_it_makes(self, applied):
        roles = applied.aws.client("iam").list_roles(PathPrefix=SERVICE_LINKED)["Roles"]
        assert len(roles) == 1  # the emulator has refused once
        assert service(applied.aws, self)["status"] == "ACTIVE"

    def test_a_second_plan_finds_no_drift(self, applied):
        assert applied.stack.run("plan", "-input=false", "-detailed-exitcode", check=False).returncode == 0

    def test_the_outputs_say_where_it_answers_and_what_by_its_digest(self, applied):
        outputs = applied.stack.outputs
        url = "https://orbits.example.org" if self.is_production else f"http://{balancer(applied.aws)['DNSName']}"
        assert outputs["url"] == url
        (pushed,) = applied.aws.client("ecr").describe_images(repositoryName="attractor")["imageDetails"]
        assert outputs["image"] == f"{REPOSITORY}@{pushed['imageDigest']}"
        assert (outputs["cluster_name"], outputs["service_name"]) == (self.cluster, self.name)

    def test_a_request_finds_its_way_from_the_listener_to_the_container(self, applied):
        elb, ecs = applied.aws.client("elbv2"), applied.aws.client("ecs")
        group = only(elb.describe_target_groups()["TargetGroups"])
        arn = balancer(applied.aws)["LoadBalancerArn"]
        listeners = {each["Port"]: each for each in elb.describe_listeners(LoadBalancerArn=arn)["Listeners"]}
        serving = listeners[443 if self.is_production else 80]
        refusal = only(serving["DefaultActions"])["FixedResponseConfig"]  # unless a rule lets in
        assert_problem(refusal["ContentType"], refusal["MessageBody"], 403)
        rules = elb.describe_rules(ListenerArn=serving["ListenerArn"])["Rules"]
        passing = only([rule for rule in rules if "TargetGroupArn" in rule["Actions"][0]])
        assert passing["Actions"][0]["TargetGroupArn"] == group["TargetGroupArn"]
        assert only(passing["Conditions"])["Field"] == ("http-header" if self.is_production else "path-pattern")
        if self.is_production:
            assert only(listeners[80]["DefaultActions"])["Type"] == "redirect"
            assert serving["SslPolicy"] == "ELBSecurityPolicy-TLS13-1-2-2021-06"
            assert only(serving["Certificates"])["CertificateArn"].startswith("arn:aws:acm:eu-central-1:")
        assert (group["HealthCheckPath"], group["Matcher"]["HttpCode"]) == ("/health/ready", "200")
        assert (group["TargetType"], group["Protocol"]) == ("ip", "HTTP")
        running = service(applied.aws, self)
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
            if only(listener["DefaultActions"])["Type"] != "redirect":
                rules = elb.describe_rules(ListenerArn=listener["ListenerArn"])["Rules"]
                first = min((rule for rule in rules if not rule["IsDefault"]), key=lambda rule: int(rule["Priority"]))
                assert set(only(first["Conditions"])["PathPatternConfig"]["Values"]) == {"/metrics", "/metrics/*"}
                assert only(first["Actions"])["FixedResponseConfig"]["StatusCode"] == "404"

    def test_security_groups_open_what_flows_and_nothing_else(self, applied):
        ec2 = applied.aws.client("ec2")
        groups = {
            group["GroupId"]: group["GroupName"].removeprefix(f"{self.name}-")
            for group in ec2.describe_security_groups()["SecurityGroups"]
        }
        ours = set(groups) - applied.before["groups"]
        lists = {p["PrefixListId"]: p["PrefixListName"] for p in ec2.describe_managed_prefix_lists()["PrefixLists"]}
        private = {s["CidrBlock"] for s in ec2.describe_subnets()["Subnets"] if "private" in tag(s)}

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
                False: {("alb", "from", "0.0.0.0/0", 80), ("service", "to", "0.0.0.0/0", 443)},
                True: {
                    ("alb", "from", "global.cloudfront.origin-facing", 443),
                    ("service", "to", "endpoints", 443),
                    ("service", "to", "eu-central-1.s3", 443),
                    ("endpoints", "from", "a private subnet", 443),
                },
            }[self.is_production]
        )
        attached = service(applied.aws, self)["networkConfiguration"]["awsvpcConfiguration"]
        assert [groups[group] for group in attached["securityGroups"]] == ["service"]
        assert attached["assignPublicIp"] == ("DISABLED" if self.is_production else "ENABLED")
        assert [groups[group] for group in balancer(applied.aws)["SecurityGroups"]] == ["alb"]

    def test_load_balancer_and_tasks_are_in_subnets_of_as_many_zones(self, applied):
        ec2 = applied.aws.client("ec2")
        subnets = {subnet["SubnetId"]: subnet for subnet in ec2.describe_subnets()["Subnets"]}
        public = {zone["SubnetId"] for zone in balancer(applied.aws)["AvailabilityZones"]}
        tasks = set(service(applied.aws, self)["networkConfiguration"]["awsvpcConfiguration"]["subnets"])
        zones = 3 if self.is_production else 2
        for ids in (public, tasks):
            assert len({subnets[each]["AvailabilityZone"] for each in ids}) == len(ids) == zones
        if not self.is_production:
            assert public == tasks
            assert all(subnets[each]["DefaultForAz"] for each in public)
            return
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
        assert all(ways_out[each] == {"Gateway"} for each in public)
        assert all(ways_out[each] == set() for each in tasks)

    def test_a_task_is_confined_and_its_stop_leaves_time_for_the_drain(self, applied):
        task = applied.aws.client("ecs").describe_task_definition(taskDefinition=self.name)["taskDefinition"]
        container = only(task["containerDefinitions"])
        assert container["readonlyRootFilesystem"]
        assert container["user"] == "10001:10001"
        assert container["linuxParameters"]["capabilities"]["drop"] == ["ALL"]
        assert container["healthCheck"]["command"] == ["CMD", "python", "-m", "attractor", "health"]
        assert task["runtimePlatform"]["cpuArchitecture"] == "X86_64"

    def test_times_fit_together(self, applied):
        elb = applied.aws.client("elbv2")
        task = applied.aws.client("ecs").describe_task_definition(taskDefinition=self.name)["taskDefinition"]
        container = only(task["containerDefinitions"])
        said = {each["name"]: each["value"] for each in container["environment"]}
        found = elb.describe_load_balancer_attributes(LoadBalancerArn=balancer(applied.aws)["LoadBalancerArn"])
        idle = int({each["Key"]: each["Value"] for each in found["Attributes"]}["idle_timeout.timeout_seconds"])
        group = only(elb.describe_target_groups()["TargetGroups"])["TargetGroupArn"]
        attributes = elb.describe_target_group_attributes(TargetGroupArn=group)["Attributes"]
        delay = int({each["Key"]: each["Value"] for each in attributes}["deregistration_delay.timeout_seconds"])
        assert 2 * int(said["ATTRACTOR_MAX_SECONDS"]) < idle < int(said["ATTRACTOR_KEEP_ALIVE_SECONDS"])
        assert int(said["ATTRACTOR_DRAIN_SECONDS"]) + 10 <= container["stopTimeout"] <= 120
        assert (int(said["ATTRACTOR_MAX_SECONDS"]), idle, delay) == (25, 120, 300)

    def test_requests_are_logged_by_the_load_balancer_alone_and_answers_have_bounds_in_cents(self, applied):
        elb = applied.aws.client("elbv2")
        found = elb.describe_load_balancer_attributes(LoadBalancerArn=balancer(applied.aws)["LoadBalancerArn"])
        assert {"Key": "access_logs.s3.enabled", "Value": "true"} in found["Attributes"]
        task = applied.aws.client("ecs").describe_task_definition(taskDefinition=self.name)["taskDefinition"]
        said = {each["name"]: each["value"] for each in only(task["containerDefinitions"])["environment"]}
        assert said["ATTRACTOR_ACCESS_LOG"] == "false"
        assert int(said["ATTRACTOR_MAX_BINARY_RECORDS"]) <= 10_000_000  # docs/costs.py says what they cost
        assert int(said["ATTRACTOR_MAX_TEXT_RECORDS"]) <= 1_000_000

    def test_what_has_a_name_for_the_whole_account_or_the_world_has_the_region_in_it(self, applied):
        """Else the same stack in a second region finds it taken."""
        before, after = applied.before, resources(applied.aws)
        kinds = ("roles", "buckets", "dashboards", "budgets")
        names = [name for kind in kinds for name in after[kind] - before[kind]]
        if self.is_production:  # whose firewall and its log are where those of every region are
            names += [name for name in after["logs"] - before["logs"] if name.startswith("aws-waf-logs-")]
            names += [arn.split("/")[-2] for arn in after["firewalls"] - before["firewalls"]]
            distribution = only(applied.aws.client("cloudfront").list_distributions()["DistributionList"]["Items"])
            policy = distribution["DefaultCacheBehavior"]["CachePolicyId"]
            kept = applied.aws.client("cloudfront").get_cache_policy(Id=policy)["CachePolicy"]["CachePolicyConfig"]
            names.append(kept["Name"])
        assert len(names) == (10 if self.is_production else 4)
        assert [name for name in names if f"{self.name}-" not in name or "-eu-central-1" not in name] == []

    def test_it_is_told_that_everything_is_gone_and_that_much_goes_out(self, applied):
        """Without a target there is no metric of it, which must not pass for well."""
        found = applied.aws.client("cloudwatch").describe_alarms(AlarmNamePrefix=self.name)["MetricAlarms"]
        alarms = {alarm["AlarmName"].removeprefix(f"{self.name}-"): alarm for alarm in found}
        gone, much, release = (alarms[name] for name in ("healthy", "bytes", "release"))
        assert (gone["MetricName"], gone["ComparisonOperator"]) == ("HealthyHostCount", "LessThanThreshold")
        assert (gone["Threshold"], gone["TreatMissingData"]) == (self.tasks, "breaching")
        assert (much["MetricName"], much["Threshold"], much["Period"]) == ("ProcessedBytes", 50e9, 3600)
        assert (release["Period"], release["EvaluationPeriods"]) == (60, 1)
        assert release["MetricName"] == "HTTPCode_Target_5XX_Count"  # and not latency: an honest analysis takes long

    def test_a_failed_deployment_rolls_back_and_tasks_follow_the_load(self, applied):
        running = service(applied.aws, self)
        assert running["deploymentConfiguration"]["deploymentCircuitBreaker"] == {"enable": True, "rollback": True}
        assert running["deploymentConfiguration"]["alarms"] == {
            "alarmNames": [f"{self.name}-release"],
            "enable": True,
            "rollback": True,
        }
        assert running["desiredCount"] == self.tasks
        scaling = applied.aws.client("application-autoscaling")
        policies = scaling.describe_scaling_policies(ServiceNamespace="ecs")["ScalingPolicies"]
        tracked = {
            policy["TargetTrackingScalingPolicyConfiguration"]["PredefinedMetricSpecification"]["PredefinedMetricType"]
            for policy in policies
        }
        assert tracked == {"ECSServiceAverageCPUUtilization", "ALBRequestCountPerTarget"}

    def test_every_role_of_the_service_names_what_it_may_touch(self, applied):
        iam = applied.aws.client("iam")
        nameless = {"ecr:GetAuthorizationToken"}  # the one call that knows no resource
        names = resources(applied.aws)["roles"] - applied.before["roles"]
        expected = {"service-execution", "service-task"} | ({"flow"} if self.is_production else set())
        assert names == {f"{self.name}-{role}-eu-central-1" for role in expected}
        for name in names:
            for policy in iam.list_role_policies(RoleName=name)["PolicyNames"]:
                for statement in iam.get_role_policy(RoleName=name, PolicyName=policy)["PolicyDocument"]["Statement"]:
                    actions = statement["Action"] if isinstance(statement["Action"], list) else [statement["Action"]]
                    assert not any("*" in action for action in actions)
                    assert statement["Resource"] != "*" or set(actions) <= nameless
        assert iam.list_role_policies(RoleName=f"{self.name}-service-task-eu-central-1")["PolicyNames"] == []

    def test_a_release_that_fails_fails_the_apply_and_what_ran_goes_on(self, applied):
        before = service(applied.aws, self)["taskDefinition"]
        broken = ("-var", json.dumps({"ATTRACTOR_MAX_STEPS": "0"}).join(("settings=", "")))
        failed = applied.stack.run("apply", "-input=false", "-auto-approve", *broken, check=False)
        assert failed.returncode == 1
        said = " ".join(failed.stderr.replace("│", " ").split())
        assert f"The release failed and was rolled back: {before} goes on answering." in said
        assert f"aws logs tail --region eu-central-1 /{self.name}/service" in said
        assert service(applied.aws, self)["taskDefinition"] == before
        found = applied.aws.client("ecs").describe_task_definition(taskDefinition=before)["taskDefinition"]
        assert found["status"] == "ACTIVE"

    def test_a_new_image_changes_the_task_definition_and_the_service_alone(self, applied):
        """After the release that failed: the next good one succeeds."""
        digest = push(applied.aws, "0.2.0")
        image = ("-var", f"image={REPOSITORY}:0.2.0")
        changes = applied.stack.changes(*image)
        module = "module.service.aws_ecs_"
        assert changes == {
            f"{module}task_definition.this": "replace",  # in the state alone: each revision stays
            f"{module}service.this": "update",
        }
        applied.stack.run("apply", "-input=false", "plan")
        running = service(applied.aws, self)["taskDefinition"]
        task = applied.aws.client("ecs").describe_task_definition(taskDefinition=running)["taskDefinition"]
        assert only(task["containerDefinitions"])["image"] == f"{REPOSITORY}@{digest}"
        assert applied.stack.changes(*image) == {}

    def destroy(self, applied):
        """Nothing is left but revisions of the task definition, which cost nothing."""
        applied.stack.run("destroy", "-input=false", "-auto-approve", "-refresh=false")
        assert applied.stack.run("state", "list").stdout == ""
        assert resources(applied.aws) == applied.before


class TestCaseStudy(Applied):
    """Its file as it is, by the commands of terraform/README.md."""

    file, name, cluster, tasks = "case_study", "attractor", "attractor", 2
    variables: ClassVar = {"deletion_protection": False}  # or it could not be destroyed

    def test_no_cluster_is_made(self, applied):
        clusters = applied.aws.client("ecs").list_clusters()["clusterArns"]
        assert [arn.rpartition("/")[2] for arn in clusters] == ["attractor"]
        given = re.findall(r"(?m)^(\w+) +=", (applied.stack.folder / "variables/case_study.tfvars").read_text())
        assert given == ["aws_region", "image", "cluster_name", "allow_http"]

    def test_destroy_leaves_nothing(self, applied):
        self.destroy(applied)


class TestTrial(Applied):
    file, name, cluster, tasks = "trial", "attractor-trial", "attractor-trial", 1

    def test_it_costs_little(self, applied):
        found = resources(applied.aws)
        assert not any(found[kind] for kind in ("firewalls", "distributions", "certificates", "nat", "endpoints"))
        strategy = only(service(applied.aws, self)["capacityProviderStrategy"])
        assert strategy["capacityProvider"] == "FARGATE_SPOT"

    def test_sweeps_come_and_go_and_parts_of_one_are_the_whole(self, applied, tmp_path):
        """What Batch runs in containers is run here: the job definition's command, for each child of an array."""
        push(applied.aws, str(SWEEPS["tag"]))
        before = resources(applied.aws)
        given = applied.stack.folder / "sweeps.tfvars.json"
        given.write_text(json.dumps({"sweep": SWEEPS}))
        applied.stack.run("apply", "-input=false", "-auto-approve", f"-var-file={given.name}")
        assert applied.stack.changes(f"-var-file={given.name}") == {}
        there = applied.stack.outputs["sweep"]
        batch = applied.aws.client("batch")
        computes = only(batch.describe_compute_environments()["computeEnvironments"])
        queue = only(batch.describe_job_queues(jobQueues=[there["queue"]])["jobQueues"])
        assert only(queue["computeEnvironmentOrder"])["computeEnvironment"] == computes["computeEnvironmentArn"]
        assert computes["computeResources"]["type"] == "FARGATE_SPOT"
        part = only(batch.describe_job_definitions(jobDefinitionName=there["job_definition"])["jobDefinitions"])
        ec2 = applied.aws.client("ec2")
        rules = ec2.describe_security_group_rules()["SecurityGroupRules"]
        (group,) = computes["computeResources"]["securityGroupIds"]
        flows = {(rule["IsEgress"], rule["CidrIpv4"], rule["FromPort"]) for rule in rules if rule["GroupId"] == group}
        assert flows == {(True, "0.0.0.0/0", 443)}  # and nothing in

        # The emulator reads no conditions, and so would refuse what comes by TLS too.
        applied.aws.client("s3").delete_bucket_policy(Bucket=there["bucket"])
        given_by_batch = {"Ref::url": PLANE, "Ref::name": "planes/one"}
        properties = part["containerProperties"]
        command = [given_by_batch.get(word, word) for word in properties["command"]]
        assert set(given_by_batch) <= set(properties["command"])
        said = {each["name"]: each["value"] for each in properties["environment"]}
        environment = os.environ | applied.aws.environment | said | {"AWS_ALLOW_HTTP": "true", "PYTHONPATH": str(ROOT)}
        environment["PATH"] = f"{Path(sys.executable).parent}:{environment['PATH']}"
        for index in range(2):
            array = {"AWS_BATCH_JOB_ARRAY_INDEX": str(index), "AWS_BATCH_JOB_ARRAY_SIZE": "2"}
            ran = subprocess.run(command, env=environment | array, capture_output=True, text=True, cwd=tmp_path)
            assert ran.returncode == 0, ran.stderr
        whole = f"s3://{there['bucket']}/planes/one"
        assert ran.stdout == f"{whole} holds all of it\n"
        verify = ["python", "-m", "attractor", "verify", whole]
        assert "is whole: 2 shards" in subprocess.run(verify, env=environment, capture_output=True, text=True).stdout

        applied.stack.run("apply", "-input=false", "-auto-approve")
        assert resources(applied.aws) == before

    def test_after_a_deployment_a_plain_apply_changes_nothing(self, applied, address):
        """As GitHub's workflow deploys: what it has pushed, by its digest."""
        image = f"{REPOSITORY}@{push(applied.aws, '0.3.0')}"
        with of_revision("0123456789ab", address) as url:
            named = ("--image", image, "--revision", "0123456789ab")
            deployed = deploy(applied.stack, *named, "--yes", "--url", url)
        assert deployed.returncode == 0, deployed.stderr
        assert f"It answers: {url}/calculation?x0=1" in deployed.stdout
        assert applied.stack.outputs["image"] == image
        assert f'image      = "{image}"' in (applied.stack.folder / "variables/trial.tfvars").read_text()
        assert applied.stack.changes() == {}

    def test_destroy_leaves_nothing(self, applied):
        self.destroy(applied)


class TestProduction(Applied):
    file, name, cluster, tasks = "production", "attractor-production", "attractor-production", 3
    variables: ClassVar = {"deletion_protection": False}  # or it could not be destroyed

    def test_the_cdn_and_the_firewall_stand_in_front(self, applied):
        aws = applied.aws
        cloudfront = aws.client("cloudfront", "us-east-1")
        distribution = only(cloudfront.list_distributions()["DistributionList"]["Items"])
        assert only(distribution["Aliases"]["Items"]) == "orbits.example.org"
        assert only(distribution["Origins"]["Items"])["DomainName"] == balancer(aws)["DNSName"]
        behaviour = distribution["DefaultCacheBehavior"]
        cached_by = cloudfront.get_cache_policy(Id=behaviour["CachePolicyId"])
        keys = cached_by["CachePolicy"]["CachePolicyConfig"]["ParametersInCacheKeyAndForwardedToOrigin"]
        assert keys["QueryStringsConfig"]["QueryStringBehavior"] == "all"
        assert set(keys["HeadersConfig"]["Headers"]["Items"]) == {"Accept", "Host"}
        told = cloudfront.get_origin_request_policy(Id=behaviour["OriginRequestPolicyId"])["OriginRequestPolicy"]
        headers = told["OriginRequestPolicyConfig"]["HeadersConfig"]["Headers"]["Items"]
        assert {"CloudFront-Viewer-Address", "Access-Control-Request-Method", "X-Request-ID"} <= set(headers)
        assert "POST" in behaviour["AllowedMethods"]["Items"]  # a list too long for a URL
        assert set(behaviour["AllowedMethods"]["CachedMethods"]["Items"]) == {"GET", "HEAD"}
        task = aws.client("ecs").describe_task_definition(taskDefinition=self.name)["taskDefinition"]
        environment = only(task["containerDefinitions"])["environment"]
        assert {"name": "ATTRACTOR_CLIENT_ADDRESS_HEADER", "value": "CloudFront-Viewer-Address"} in environment
        assert {"name": "ATTRACTOR_TRUSTED_PROXIES", "value": "10.0.0.0/16"} in environment
        origin = only(distribution["Origins"]["Items"])
        assert origin["ConnectionAttempts"] == 1  # else CloudFront asks again for what takes long
        silence = 2 * next(int(each["value"]) for each in environment if each["name"] == "ATTRACTOR_MAX_SECONDS")
        assert silence < origin["CustomOriginConfig"]["OriginReadTimeout"]
        secret = only(origin["CustomHeaders"]["Items"])
        assert secret["HeaderName"] == "X-Attractor-Origin"
        passing = only([rule for rule in rules_of_443(aws) if rule["Priority"] == "50"])
        config = only(passing["Conditions"])["HttpHeaderConfig"]
        assert (config["HttpHeaderName"], config["Values"]) == (secret["HeaderName"], [secret["HeaderValue"]])
        assert len(secret["HeaderValue"]) == 36
        waf = aws.client("wafv2")
        found = only(waf.list_web_acls(Scope="CLOUDFRONT")["WebACLs"])
        assert distribution["WebACLId"] == found["ARN"]
        acl = waf.get_web_acl(Name=found["Name"], Scope="CLOUDFRONT", Id=found["Id"])["WebACL"]
        rate, *managed = sorted(acl["Rules"], key=lambda rule: rule["Priority"])
        assert rate["Statement"]["RateBasedStatement"]["AggregateKeyType"] == "IP"
        refusal = acl["CustomResponseBodies"][rate["Action"]["Block"]["CustomResponse"]["CustomResponseBodyKey"]]
        assert_problem(refusal["ContentType"], refusal["Content"], 429)
        groups = [rule["Statement"]["ManagedRuleGroupStatement"] for rule in managed]
        assert len(groups) == 3
        counted = {each["Name"] for group in groups for each in group.get("RuleActionOverrides", [])}
        assert counted == {"SizeRestrictions_QUERYSTRING", "SizeRestrictions_BODY", "NoUserAgent_HEADER"}
        alarms = aws.client("cloudwatch").describe_alarms(AlarmNamePrefix=self.name)["MetricAlarms"]
        assert all(only(alarm["AlarmActions"]).endswith(":operators") for alarm in alarms)
        watched = {alarm["AlarmName"].removeprefix(f"{self.name}-") for alarm in alarms}
        assert watched >= {
            "errors",
            "unanswered",
            "latency",
            "unhealthy",
            "healthy",
            "bytes",
            "cpu",
            "memory",
            "release",
        }

    def test_the_name_has_an_answer_while_the_cdn_goes_and_comes(self, applied):
        given = applied.stack.folder / "cdn.tfvars.json"
        cdn = json.loads((applied.stack.folder / "test.tfvars.json").read_text())["cdn_certificate_arn"]
        for certificate, target in ((None, "elb.amazonaws.com"), (cdn, "cloudfront.net")):
            given.write_text(json.dumps({"cdn_certificate_arn": certificate}))
            switched = applied.stack.run("apply", "-input=false", "-auto-approve", f"-var-file={given.name}")
            log = switched.stdout
            assert 'aws_route53_record.this["A"]: Destr' not in log
            zone = only(applied.aws.client("route53").list_hosted_zones()["HostedZones"])["Id"]
            records = applied.aws.client("route53").list_resource_record_sets(HostedZoneId=zone)["ResourceRecordSets"]
            alias = only([each for each in records if each["Type"] == "A"])["AliasTarget"]
            assert alias["DNSName"].rstrip(".").endswith(target)
            record = log.index('aws_route53_record.this["A"]: Modifications complete')
            for opening in (OPEN, LET_THROUGH):
                if certificate is None:
                    assert log.index(f"{opening}: Creation complete") < record
                else:
                    assert record < log.index(f"{opening}: Destroying")
            if certificate is None:
                assert log.index(f"{LIMIT}: Creation complete") < record < log.index(f"{DISTRIBUTION}: Destroying")
            else:
                assert log.index(f"{DISTRIBUTION}: Creation complete") < record < log.index(f"{LIMIT}: Destroying")

    def test_destroy_leaves_nothing(self, applied):
        self.destroy(applied)


PLANE = "/lyapunov?system=henon&x0=0.1&y0=0&a=1:1.4:400&b=0.1:0.3:200&steps=200"
SERVICE_LINKED = "/aws-service-role/ecs.amazonaws.com/"
"""Where the role is by which ECS acts: the account's, and no stack's."""
OPEN = 'module.edge.aws_vpc_security_group_ingress_rule.world["0.0.0.0/0 443"]'
LET_THROUGH = "module.edge.aws_lb_listener_rule.world[0]"
LIMIT = "module.firewall[0].aws_wafv2_web_acl_association.this[0]"
DISTRIBUTION = "module.cdn[0].aws_cloudfront_distribution.this"


def assert_problem(content_type: str, body: str, status: int) -> None:
    """A refusal of AWS has the members that the service's own have; it can have no other type than this of JSON."""
    assert content_type in ("application/json", "APPLICATION_JSON")
    problem = json.loads(body)
    assert set(problem) == {"type", "title", "status", "detail"}
    assert problem["status"] == status


def only(items: list[Any]) -> Any:
    """The one item that there is."""
    (item,) = items
    return item


def balancer(aws: Aws) -> dict[str, Any]:
    return only(aws.client("elbv2").describe_load_balancers()["LoadBalancers"])


def rules_of_443(aws: Aws) -> list[dict[str, Any]]:
    elb = aws.client("elbv2")
    listeners = elb.describe_listeners(LoadBalancerArn=balancer(aws)["LoadBalancerArn"])["Listeners"]
    (arn,) = (each["ListenerArn"] for each in listeners if each["Port"] == 443)
    return elb.describe_rules(ListenerArn=arn)["Rules"]


def service(aws: Aws, of: Applied) -> dict[str, Any]:
    return only(aws.client("ecs").describe_services(cluster=of.cluster, services=[of.name])["services"])


def tag(resource: dict[str, Any], key: str = "Name") -> str:
    return next((tag["Value"] for tag in resource.get("Tags", []) if tag["Key"] == key), "")


def resources(aws: Aws) -> dict[str, set[str]]:
    """What costs money or gets in the way of the next stack, by kind."""
    ec2, elb, ecs, iam, batch = (aws.client(service) for service in ("ec2", "elbv2", "ecs", "iam", "batch"))
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
        "repositories": {r["repositoryArn"] for r in aws.client("ecr").describe_repositories()["repositories"]},
        "roles": {r["RoleName"] for r in iam.list_roles()["Roles"] if not r["Path"].startswith("/aws-service-role/")},
        "providers": {p["Arn"] for p in iam.list_open_id_connect_providers()["OpenIDConnectProviderList"]},
        "logs": {group["logGroupName"] for group in aws.client("logs").describe_log_groups()["logGroups"]},
        "buckets": {bucket["Name"] for bucket in aws.client("s3").list_buckets()["Buckets"]},
        "alarms": {alarm["AlarmName"] for alarm in aws.client("cloudwatch").describe_alarms()["MetricAlarms"]},
        "dashboards": {d["DashboardName"] for d in aws.client("cloudwatch").list_dashboards()["DashboardEntries"]},
        "firewalls": {
            acl["ARN"]
            for scope in ("REGIONAL", "CLOUDFRONT")
            for acl in aws.client("wafv2").list_web_acls(Scope=scope)["WebACLs"]
        },
        "budgets": {
            each["BudgetName"]
            for each in aws.client("budgets").describe_budgets(AccountId="123456789012").get("Budgets", [])
        },
        "batch": {
            each
            for kind in (
                batch.describe_compute_environments()["computeEnvironments"],
                batch.describe_job_queues()["jobQueues"],
                batch.describe_job_definitions(status="ACTIVE")["jobDefinitions"],
            )
            for found in kind
            for name, each in found.items()
            if name in ("computeEnvironmentArn", "jobQueueArn", "jobDefinitionArn")
        },
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
