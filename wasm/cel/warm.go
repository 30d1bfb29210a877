package main

import (
	"encoding/json"
	"fmt"
	"runtime"
)

// What a first call of any review would wait for: an object of each kind that runs pods, under a policy that asks for most of what
// policies ask for.
const (
	warmPolicies = `[{"apiVersion":"admissionregistration.k8s.io/v1","kind":"ValidatingAdmissionPolicy","metadata":{"name":"warm"},"spec":{
"matchConstraints":{"resourceRules":[{"apiGroups":["*"],"apiVersions":["*"],"operations":["CREATE","UPDATE"],"resources":["*"]}]},
"matchConditions":[{"name":"named","expression":"request.name != ''"}],
"variables":[
{"name":"pod","expression":"has(object.spec.template) ? object.spec.template.spec : object.spec"},
{"name":"containers","expression":"has(variables.pod.containers) ? variables.pod.containers + (has(variables.pod.initContainers) ? variables.pod.initContainers : []) : []"}],
"validations":[
{"expression":"variables.containers.all(c, c.image.matches('^[a-z]+') && !c.image.endsWith(':') && (!has(c.resources) || quantity('1Gi').isGreaterThan(quantity('1Mi'))))",
"messageExpression":"'bad images: ' + variables.containers.filter(c, !c.image.contains('/')).map(c, c.image).join(', ')"},
{"expression":"object.?metadata.?labels['app'].orValue('') in ['', 'warm'] && !variables.containers.exists(c, c.name == 'not')"}]}}]`
	warmPod = `{"containers":[{"name":"a","image":"a","ports":[{"containerPort":1}],"env":[{"name":"A","value":"b"}],
"resources":{"limits":{"cpu":"1"}},"livenessProbe":{"httpGet":{"port":1}},"securityContext":{"capabilities":{"add":["ALL"]}}}],
"securityContext":{"runAsNonRoot":true},"volumes":[{"name":"v","configMap":{"name":"c"}}]}`
	warmTemplate = `{"metadata":{"labels":{"app":"warm"}},"spec":` + warmPod + `}`
	warmWorkload = `{"selector":{"matchLabels":{"app":"warm"}},"template":` + warmTemplate + `}`
	warmJob      = `{"template":` + warmTemplate + `}`
)

// warm does once what every first call would pay for. The host keeps the module as it is then, and starts others from that state.
//
//go:wasmexport warm
func warm() {
	var objects []json.RawMessage
	for _, one := range []struct{ group, kind, spec string }{
		{"", "Pod", warmPod},
		{"apps", "Deployment", warmWorkload},
		{"apps", "DaemonSet", warmWorkload},
		{"apps", "StatefulSet", warmWorkload},
		{"batch", "Job", warmJob},
		{"batch", "CronJob", `{"schedule":"* * * * *","jobTemplate":{"spec":` + warmJob + `}}`},
		{"", "Service", `{"ports":[{"port":1}]}`},
	} {
		object := `{"metadata":{"name":"warm","labels":{"app":"warm"}},"spec":` + one.spec + `}`
		objects = append(objects, json.RawMessage(`{"object":`+object+`,"oldObject":`+object+`,"operation":"UPDATE","group":"`+
			one.group+`","version":"v1","kind":"`+one.kind+`","namespace":"warm","name":"warm"}`))
	}
	// A list of raw texts always encodes.
	encoded, _ := json.Marshal(objects)
	done, err := evaluate(&request{texts: map[string][]byte{
		"policies": []byte(warmPolicies), "objects": encoded, "namespaces": []byte("[]"),
	}})
	if err != nil {
		panic(err)
	}
	if done.Policies[0].Problem != nil || done.Admitted != len(objects) {
		panic(fmt.Sprintf("the warming policy decides otherwise: %+v", done))
	}
	clear(compiledBefore)
	runtime.GC()
	kept = heapBytes()
}
